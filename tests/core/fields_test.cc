#include "millet/core/fields.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "millet/core/error.h"
#include "millet/io/toml.h"

using namespace millet;

namespace {
struct Source {
  double share = 0.5;
  std::vector<std::string> levels = {"easy"};
  void fields(Fields& f) {
    f("share", share, "part of the mix", between(0, 1e20));
    f("levels", levels, "difficulties", {"easy", "hard"});
  }
};
struct Optimizer {
  double lr = 1e-3;
  std::vector<double> betas = {0.9, 0.95};
  void fields(Fields& f) {
    f("lr", lr, "peak learning rate");
    f("betas", betas, "decay of the moments");
  }
};
struct Recipe {
  int64_t steps = 100;
  Optimizer optimizer;
  std::string order = "none";
  bool keep = false;
  std::map<std::string, Source> mix;
  void fields(Fields& f) {
    f("steps", steps, "optimizer steps", at_least(1));
    f.section("optimizer", optimizer, "how weights move");
    f("order", order, "of the examples", {"none", "random"});
    f("keep", keep, "old checkpoints");
    f.map("mix", mix, "sources by name");
  }
};
struct Collected {
  Recipe recipe;
  Fields fields;
  Collected() { recipe.fields(fields); }
};
}  // namespace

TEST_CASE("values reach the config, with their origin") {
  Collected c;
  c.fields.set("optimizer.lr", 2e-3, "demo.toml:4");
  c.fields.set("steps", int64_t{7}, "demo.toml:1");
  c.fields.set_text("order=random", "--set");
  c.fields.set_text("optimizer.betas=[0.8, 1]", "--set");
  CHECK(c.recipe.optimizer.lr == 2e-3);
  CHECK(c.recipe.steps == 7);
  CHECK(c.recipe.order == "random");
  CHECK(c.recipe.optimizer.betas == std::vector<double>{0.8, 1});
  CHECK(c.fields.find("optimizer.lr")->origin == "demo.toml:4");
  CHECK(c.fields.find("keep")->origin == "default");
  CHECK(std::get<double>(c.fields.find("optimizer.lr")->initial) == 1e-3);
}

TEST_CASE("a whole number fills a float field, a float no int field") {
  Collected c;
  c.fields.set("optimizer.lr", int64_t{2}, "x");
  CHECK(c.recipe.optimizer.lr == 2.0);
  CHECK_THROWS_WITH_AS(c.fields.set("steps", 2.5, "x"), "key 'steps' takes int, not 2.5", Error);
  CHECK_THROWS_AS(c.fields.set("keep", int64_t{1}, "x"), Error);
  CHECK_THROWS_AS(c.fields.set("order", int64_t{1}, "x"), Error);
  CHECK(c.recipe.steps == 100);
}

TEST_CASE("NaN and the infinities are no values") {
  Collected c;
  CHECK_THROWS_WITH_AS(c.fields.set_text("optimizer.lr=nan", "x"),
                       "key 'optimizer.lr' is nan, it must be a finite number", Error);
  CHECK_THROWS_WITH_AS(c.fields.set_text("optimizer.lr=-inf", "x"), doctest::Contains("'optimizer.lr' is -inf"), Error);
  CHECK_THROWS_AS(c.fields.set_text("optimizer.betas=[1, nan]", "x"), Error);
}

TEST_CASE("a number out of bounds is refused by its key, from wherever it comes") {
  Collected c;
  CHECK_THROWS_WITH_AS(c.fields.set_text("steps=0", "x"), "key 'steps' is 0, it must be at least 1", Error);
  CHECK_THROWS_AS(c.fields.set("mix.a.share", int64_t{-2}, "x"), Error);
  CHECK(c.recipe.steps == 100);
  Recipe recipe;
  CHECK_NOTHROW(check_fields("", recipe));
  recipe.mix["a"].share = -1.5;
  CHECK_THROWS_WITH_AS(check_fields("job", recipe), "key 'job.mix.a.share' is -1.5, it must be between 0 and 1e+20",
                       Error);
}

TEST_CASE("a named section appears when it is first mentioned, with its own defaults") {
  Collected c;
  c.fields.set_text("mix.chain.share=0.75", "--set");
  c.fields.set_text("mix.long text.levels=hard,easy", "--set");
  REQUIRE(c.recipe.mix.size() == 2);
  CHECK(c.recipe.mix.at("chain").share == 0.75);
  CHECK(c.recipe.mix.at("long text").share == 0.5);
  CHECK(c.recipe.mix.at("long text").levels == std::vector<std::string>{"hard", "easy"});
  CHECK(c.fields.find("mix.chain.share")->origin == "--set");
}

TEST_CASE("sections that the config starts with are known") {
  Recipe recipe;
  recipe.mix["chain"].share = 0.25;
  Fields fields;
  recipe.fields(fields);
  CHECK(std::get<double>(fields.find("mix.chain.share")->initial) == 0.25);
}

TEST_CASE("a list may be empty whatever its type") {
  Collected c;
  c.fields.set("mix.a.levels", std::vector<double>{}, "x");
  CHECK(c.recipe.mix.at("a").levels.empty());
}

TEST_CASE("choices bind strings and each string of a list") {
  Collected c;
  CHECK_THROWS_WITH_AS(c.fields.set_text("order=sorted", "x"), "key 'order' is \"sorted\", it can be: none, random",
                       Error);
  CHECK_THROWS_WITH_AS(c.fields.set_text("mix.a.levels=easy,medium", "x"),
                       "key 'mix.a.levels' is \"medium\", it can be: easy, hard", Error);
  CHECK(c.recipe.order == "none");
}

TEST_CASE("an unknown key is refused with the nearest known one") {
  Collected c;
  CHECK_THROWS_WITH_AS(c.fields.set_text("optimizer.lrr=1", "x"),
                       "unknown key 'optimizer.lrr': did you mean 'optimizer.lr'?", Error);
  CHECK_THROWS_WITH_AS(c.fields.set_text("mix.chain.shar=1", "x"),
                       "unknown key 'mix.chain.shar': did you mean 'mix.chain.share'?", Error);
  CHECK_THROWS_WITH_AS(c.fields.set_text("mxi.chain.share=1", "x"),
                       "unknown key 'mxi.chain.share': did you mean 'mix.chain.share'?", Error);
  CHECK_THROWS_WITH_AS(c.fields.set_text("zzzzzzzzz=1", "x"),
                       "unknown key 'zzzzzzzzz': `--help` lists the keys of a recipe", Error);
  CHECK_THROWS_WITH_AS(c.fields.set_text("optimizer=1", "x"),
                       "key 'optimizer' is a section: set one of its keys, as 'optimizer.lr'", Error);
  CHECK_THROWS_AS(c.fields.set_text("mix.chain=1", "x"), Error);
  CHECK_THROWS_AS(c.fields.set_text("mix..share=1", "x"), Error);
  CHECK_THROWS_AS(c.fields.set_text("steps", "x"), Error);
  CHECK_THROWS_AS(c.fields.set_text("=1", "x"), Error);
}

TEST_CASE("a name that is declared twice is our own mistake, and found") {
  struct Twice {
    int64_t a = 0, b = 0;
    Optimizer optimizer;
    bool with_section = false;
    void fields(Fields& f) {
      f("a", a, "");
      if (with_section)
        f.section("a", optimizer, "");
      else
        f("a", b, "");
    }
  };
  for (const bool with_section : {false, true}) {
    Twice config;
    config.with_section = with_section;
    Fields fields;
    CHECK_THROWS_WITH_AS(config.fields(fields), "config: 'a' is declared twice", Error);
  }
}

TEST_CASE("help has a row for every key of a map, nested ones included") {
  struct Outer {
    std::map<std::string, Recipe> runs;
    void fields(Fields& f) { f.map("runs", runs, "by name"); }
  };
  Outer outer;
  Fields fields;
  outer.fields(fields);
  std::vector<std::string> paths;
  for (const auto& row : fields.map_rows()) paths.push_back(row.path);
  for (const char* path : {"runs.<name>.steps", "runs.<name>.optimizer.lr", "runs.<name>.mix.<name>.share"})
    CHECK(std::find(paths.begin(), paths.end(), path) != paths.end());
  fields.set_text("runs.a.mix.b.share=0.25", "x");
  CHECK(outer.runs.at("a").mix.at("b").share == 0.25);
}

TEST_CASE("the resolved recipe lists every key with its origin and reads back to the same values") {
  Collected c;
  c.fields.set("steps", int64_t{1} << 60, "demo.toml:1");
  c.fields.set("optimizer.lr", 0.1 + 0.2, "bad\nname.toml:3");
  c.fields.set("optimizer.betas", std::vector<double>{1e-300, -0.0, 1e300}, "x");
  c.fields.set_text("mix.a \"b\".share=1e16", "--set");
  c.fields.set_text("mix.plain.levels=[]", "--set");
  const std::string text = c.fields.resolved_toml();
  CHECK(text.starts_with("steps = 1152921504606846976  # demo.toml:1\norder = \"none\"  # default\n"));
  CHECK(text.find("\n[mix.\"a \\\"b\\\"\"]\nshare = 1e+16  # --set\n") != std::string::npos);

  Collected back;
  io::read_toml_text(text, "resolved", back.fields);
  CHECK(back.fields.all().size() == c.fields.all().size());
  for (const Field& f : c.fields.all()) {
    CAPTURE(f.path);
    REQUIRE(back.fields.find(f.path) != nullptr);
    CHECK(back.fields.find(f.path)->value() == f.value());
    CHECK(back.fields.find(f.path)->origin.starts_with("resolved:"));
  }
}
