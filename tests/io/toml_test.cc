#include "millet/io/toml.h"

#include <doctest/doctest.h>

#include <cmath>

#include "fuzz/properties.h"
#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/io/mutations.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::io;

namespace {

struct Lr {
  double peak = 1e-3;
  std::string schedule = "v3";
  void fields(Fields& f) {
    f("peak", peak, "highest learning rate");
    f("schedule", schedule, "shape", {"v3", "constant"});
  }
};

struct Source {
  double share = 1;
  void fields(Fields& f) { f("share", share, "of the mix"); }
};

struct Train {
  int64_t steps = 100;
  bool resume = true;
  Lr lr;
  void fields(Fields& f) {
    f("steps", steps, "optimizer steps");
    f("resume", resume, "go on");
    f.section("lr", lr, "learning rate");
  }
};

struct Recipe {
  std::string model;
  std::vector<std::string> stop;
  std::vector<double> betas = {0.9, 0.95};
  Train train;
  std::map<std::string, Source> mix;
  void fields(Fields& f) {
    f("model", model, "a directory");
    f("stop", stop, "strings that end an answer");
    f("betas", betas, "decay rates");
    f.section("train", train, "training");
    f.map("mix", mix, "sources");
  }
};

struct Read {
  Recipe recipe;
  Fields fields;
  explicit Read(std::string_view text) {
    recipe.fields(fields);
    read_toml_text(text, "r.toml", fields);
  }
};

std::string error_of(std::string_view text) {
  try {
    Read read(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a recipe sets its keys and each remembers its line") {
  Read read(R"(# a recipe
model = "presets/tiny.json"
betas = [0.9, 1]
stop = ["</answer>", "\n\n"]
[train]
steps = 2000
lr = { peak = 3, schedule = "constant" }
[mix.b]
share = 0.25
[mix.a]
share = 0.75
)");
  CHECK(read.recipe.model == "presets/tiny.json");
  CHECK(read.recipe.betas == std::vector<double>{0.9, 1.0});
  CHECK(read.recipe.stop == std::vector<std::string>{"</answer>", "\n\n"});
  CHECK(read.recipe.train.steps == 2000);
  CHECK(read.recipe.train.lr.peak == 3.0);
  CHECK(read.recipe.train.lr.schedule == "constant");
  CHECK(read.recipe.mix.at("a").share == 0.75);
  CHECK(read.recipe.mix.at("b").share == 0.25);
  CHECK(read.fields.find("train.lr.peak")->origin == "r.toml:7");
  CHECK(read.fields.find("mix.b.share")->origin == "r.toml:9");
  CHECK(read.fields.find("train.resume")->origin == "default");
}

TEST_CASE("an empty list empties a list of either kind") {
  Read read("stop = []\nbetas = []\n");
  CHECK(read.recipe.stop.empty());
  CHECK(read.recipe.betas.empty());
}

TEST_CASE("an unknown key is refused at its place with the nearest one") {
  CHECK(error_of("model = \"x\"\n[train]\n  stepps = 3\n") ==
        "r.toml:3:3: unknown key 'train.stepps': did you mean 'train.steps'?");
  CHECK(error_of("train = { lr = { pek = 1.0 } }").starts_with("r.toml:1:18: unknown key 'train.lr.pek'"));
}

TEST_CASE("of several mistakes the first in the file is reported") {
  CHECK(error_of("zebra = 1\napple = 2\n").starts_with("r.toml:1:1: "));
  CHECK(error_of("[train]\nzebra = 1\n[mix.a]\nsharee = 2\n").starts_with("r.toml:2:1: "));
}

TEST_CASE("a wrong type or choice is refused at its place") {
  CHECK(error_of("[train]\nsteps = 1.5").starts_with("r.toml:2:1: key 'train.steps' takes int"));
  CHECK(error_of("[train.lr]\nschedule = \"v4\"").starts_with("r.toml:2:1: key 'train.lr.schedule' is \"v4\""));
  CHECK(error_of("model = 1979-05-27") == "r.toml:1:1: key 'model' is a date or time: write it as a string");
  CHECK(error_of("betas = [1, \"x\"]").find("not both") != std::string::npos);
  CHECK(error_of("betas = [[1]]").find("nothing else") != std::string::npos);
  CHECK(error_of("train.lr.peak = nan").find("is NaN") != std::string::npos);
}

TEST_CASE("bad syntax is refused with line and column") {
  CHECK(error_of("model = \"x\"\nsteps = = 3\n").starts_with("r.toml:2:9: "));
  CHECK(error_of("a = 1\na = 2\n").starts_with("r.toml:2:"));
  CHECK(error_of("model = \"\xff\"").starts_with("r.toml:1:"));
  CHECK(error_of("betas = " + std::string(100000, '[')).starts_with("r.toml:1:"));
  CHECK(error_of("[\aa]").starts_with("r.toml:1:2: "));
}

TEST_CASE("letters that are not ASCII are refused in bare keys and kept in strings") {
  CHECK(error_of("größe = 3").starts_with("r.toml:1:3: "));
  CHECK(error_of("\u01e8 = 3").starts_with("r.toml:1:1: "));
  CHECK(Read("model = \"\"\"\\\n  größe\"\"\"").recipe.model == "größe");
  CHECK(Read("model = \"größe\"  # größe\n").recipe.model == "größe");
}

TEST_CASE("a section without keys must at least exist") {
  CHECK(error_of("[train]\n[train.lr]\n") == "no error");
  CHECK(error_of("[trian]\n") == "r.toml:1:2: unknown section 'trian': did you mean 'train'?");
}

TEST_CASE("a quoted key with a dot is refused") {
  CHECK(error_of("[mix.\"a.b\"]\nshare = 1\n").find("holds a dot") != std::string::npos);
}

TEST_CASE("a missing recipe gives one clear message") {
  Recipe recipe;
  Fields fields;
  recipe.fields(fields);
  CHECK_THROWS_WITH_AS(read_toml("no/recipe.toml", fields), "cannot read no/recipe.toml: there is no such file", Error);
  const TemporaryDirectory dir;
  write_file_atomically(dir / "r.toml", "[train]\nsteps = 7\n");
  read_toml(dir / "r.toml", fields);
  CHECK(recipe.train.steps == 7);
  CHECK(fields.find("train.steps")->origin == (dir / "r.toml").string() + ":2");
}

TEST_CASE("damaged recipes are refused at their place or say the same when resolved") {
  const std::vector<std::string> valid = {
      "resume = false\nsteps = 2000\nlr = 3e-4\nschedule = \"constant\"\n[part]\nshare = 0.5\n",
      "stop = [\"</answer>\", '\\n']  # größe\nbetas = [0.9, 1]\npart = { share = 2 }\n",
      "[mix.a]\nshare = 0.25\n[mix.\"b c\"]\nshare = 1\n", "mix.a.share = inf\nsteps = 0x7f\n"};
  for_mutations("toml", 5000, valid,
                {"\"\"\"", "nan", "1979-05-27", "[[a]]", "\\u00e9", "ö", "\xff", "{a=1}", "[mix.x]", " = ", "\r"},
                fuzz::check_toml);
}
