#include "millet/cli/command_line.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::cli;

static const Command measure{.name = "measure",
                             .summary = "weigh things",
                             .positionals = {{"FILE", "what to weigh"}, {"SCALE", "with what", true}},
                             .options = {option::set,
                                         option::out,
                                         option::threads,
                                         option::seed,
                                         option::json,
                                         {"--times", "N", "how often", "3"},
                                         {"--unit", "NAME", "of the result"}},
                             .examples = {"millet measure stone.txt --times 5"},
                             .keys = [] { return std::string("  scale.kind  string\n"); },
                             .run = [](const Arguments&) { return 0; }};
static const Command rest{.name = "rest", .summary = "do nothing", .run = [](const Arguments&) { return 0; }};

static CommandLine read(const std::vector<std::string>& words) {
  return read_command_line({&measure, &rest}, words);
}

static std::string refusal(const std::vector<std::string>& words) {
  try {
    read(words);
  } catch (const Error& e) {
    CHECK(e.fault() == Fault::input);
    return e.what();
  }
  return "accepted";
}

TEST_CASE("without words the verbs are listed, one line each") {
  const CommandLine line = read({});
  CHECK(line.command == nullptr);
  CHECK(line.text.find("\n  measure  weigh things\n  rest     do nothing\n") != std::string::npos);
  CHECK(read({"--help"}).text == line.text);
}

TEST_CASE("--version tells version, commit, compiler and instruction set") {
  const std::string text = read({"--version"}).text;
  for (const char* fact : {"millet ", "\ncommit ", "\ncompiler ", "\ninstruction set "})
    CHECK(text.find(fact) != std::string::npos);
}

TEST_CASE("a verb gets what was given, and defaults for the rest") {
  const CommandLine line =
      read({"measure", "stone.txt", "--set", "a.b=1", "--json", "--set", "c=[1, 2]", "--out=here", "--seed", "7"});
  REQUIRE(line.command == &measure);
  const Arguments& args = line.arguments;
  CHECK(args.path("FILE") == "stone.txt");
  CHECK_FALSE(args.has("SCALE"));
  CHECK(args.sets() == std::vector<std::string>{"a.b=1", "c=[1, 2]"});
  CHECK(args.out() == "here");
  CHECK(args.seed() == 7u);
  CHECK(args.json());
  CHECK(args.threads() >= 1);
  CHECK(args.integer("times") == 3);
  CHECK_FALSE(args.has("times"));
}

TEST_CASE("an option takes one word, so that what follows is a positional") {
  const CommandLine line = read({"measure", "--set", "a=1", "stone.txt", "--unit", "kg", "steelyard"});
  CHECK(line.arguments.text("FILE") == "stone.txt");
  CHECK(line.arguments.text("SCALE") == "steelyard");
  CHECK(line.arguments.text("unit") == "kg");
}

TEST_CASE("a repeated positional takes all that are left, options between them or not") {
  static const Command pile{.name = "pile",
                            .summary = "pile stones",
                            .positionals = {{"WHERE", "a place"}, {.name = "STONE", .help = "each", .repeated = true}},
                            .options = {option::out},
                            .run = [](const Arguments&) { return 0; }};
  const CommandLine line = read_command_line({&pile}, {"pile", "here", "a", "--out", "x", "b", "c"});
  CHECK(line.arguments.text("WHERE") == "here");
  CHECK(line.arguments.all("STONE") == std::vector<std::string>{"a", "b", "c"});
  CHECK(line.arguments.out() == "x");
  CHECK(read_command_line({&pile}, {"pile", "here", "a"}).arguments.all("STONE").size() == 1);
  CHECK_THROWS_AS(read_command_line({&pile}, {"pile", "here"}), Error);
}

TEST_CASE("a value may begin with a dash or be empty") {
  CHECK(read({"measure", "f", "--times", "-5"}).arguments.integer("times") == -5);
  CHECK(read({"measure", "f", "--unit", ""}).arguments.text("unit").empty());
  CHECK(read({"measure", "--", "-f"}).arguments.text("FILE") == "-f");
}

TEST_CASE("help of a verb shows its arguments, options, keys and examples, even where arguments are missing") {
  const std::string text = read({"measure", "--help"}).text;
  for (const char* part : {"weigh things", "Usage: millet measure", "FILE", "what to weigh", "--out DIR", "--times N",
                           "(default: 3)", "scale.kind", "Examples:\n  millet measure stone.txt --times 5"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("a mistyped verb or option is refused with the nearest known one") {
  CHECK(refusal({"mesure"}) == "unknown verb 'mesure': did you mean 'measure'?");
  CHECK(refusal({"xylophone"}) == "unknown verb 'xylophone': `millet` alone lists them");
  CHECK(refusal({"measure", "f", "--tmies", "4"}) ==
        "millet measure: unknown option '--tmies': did you mean '--times'?");
  CHECK(refusal({"measure", "f", "--tmies=4"}) == "millet measure: unknown option '--tmies': did you mean '--times'?");
  CHECK(refusal({"measure", "--tmies", "4"}) == "millet measure: unknown option '--tmies': did you mean '--times'?");
  CHECK(refusal({"rest", "--zzzzzz"}).find("unknown option '--zzzzzz'") != std::string::npos);
  CHECK(refusal({"--jsom"}).find("unknown option '--jsom'") != std::string::npos);
}

TEST_CASE("missing and superfluous arguments are refused by name") {
  CHECK(refusal({"measure"}).find("FILE is missing (what to weigh)") != std::string::npos);
  CHECK(refusal({"measure", "a", "b", "c"}).find("unexpected 'c'") != std::string::npos);
  CHECK(refusal({"measure", "f", "--out"}).find("--out") != std::string::npos);
  CHECK(refusal({"measure", "f", "--out", "a", "--out", "b"}).find("--out") != std::string::npos);
  CHECK(refusal({"rest", "extra"}).find("unexpected 'extra'") != std::string::npos);
}
