// The program on terminals of several widths, and at the keyboard.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>
#include <string>

#include "millet/io/file.h"
#include "millet/report/terminal.h"
#include "tests/cli/shell.h"
#include "tests/cli/terminal.h"
#include "tests/io/temporary_directory.h"
#include "tests/report/screen.h"

using namespace millet;
using namespace millet::tests;

static const std::string kMillet = MILLET_PROGRAM;
static const std::string kRecipe = std::string(MILLET_SOURCE_DIR) + "/recipes/demo.toml";

// A model of two steps: enough to be asked.
static std::string trained(const TemporaryDirectory& dir) {
  const std::string run = (dir / "base").string();
  REQUIRE(shell(kMillet + " pretrain " + kRecipe +
                " --set train.steps=2 --set train.step_tokens=256 --set train.validate_every=0 "
                "--set data.validation_problems=8 --quiet --out '" +
                run + "'")
              .code == 0);
  return run;
}

// Words before the live view, one a line. Figures differ from run to run and count as one.
static std::string words_of(const std::string& output) {
  static const std::regex figure("[0-9][0-9.,:]*");
  std::istringstream in(output.substr(0, output.find('\x1b')));
  std::string out;
  for (std::string word; in >> word;) out += std::regex_replace(word, figure, "0") + "\n";
  return out;
}

TEST_CASE("what is said at the start breaks between words at any width of a terminal, and not at all elsewhere") {
  const TemporaryDirectory dir;
  const std::string rl = kMillet + " rl " + kRecipe + " --set init='" + trained(dir) +
                         "' --set rl.steps=1 --set rl.prompts=2 --set rl.group=2 --set rl.max_new_tokens=8 "
                         "--set rl.evaluate_every=0 --out ";
  const std::string plain = shell(rl + "'" + (dir / "plain").string() + "' 2>&1 >/dev/null").output;
  CHECK(plain.find("\nGRPO   J = ") != std::string::npos);
  CHECK(plain.find("memory  at most ") == 0);
  const std::string start = plain.substr(0, plain.find("are not computed"));
  for (const int columns : {40, 100}) {
    CAPTURE(columns);
    Terminal terminal(rl + "'" + (dir / std::to_string(columns)).string() + "'", columns);
    const std::string seen = terminal.end().output;
    CAPTURE(seen);
    std::istringstream lines(seen.substr(0, seen.find('\x1b')));
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) CHECK(report::display_width(line) <= columns);
    CHECK(count > 5);
    CHECK(words_of(seen).starts_with(words_of(start)));
  }
}

TEST_CASE("Ctrl-C at the prompt of chat ends it with 130 and leaves a terminal that echoes") {
  const TemporaryDirectory dir;
  Terminal terminal(kMillet + " chat '" + trained(dir) + "' --max-new-tokens 4", 80);
  REQUIRE(terminal.wait_for("> "));
  REQUIRE(terminal.wait_for_editor());
  terminal.type("3+4");
  REQUIRE(terminal.wait_for("3+4"));
  terminal.type("\x03");
  CHECK(terminal.end().code == 130);
  CHECK(terminal.echoes());
}

TEST_CASE("an empty line or Ctrl-D ends chat in order") {
  const TemporaryDirectory dir;
  const std::string run = trained(dir);
  for (const char* keys : {"\n", "\x04"}) {
    Terminal terminal(kMillet + " chat '" + run + "' --max-new-tokens 4", 80);
    REQUIRE(terminal.wait_for("> "));
    REQUIRE(terminal.wait_for_editor());
    terminal.type(keys);
    const Outcome outcome = terminal.end();
    CHECK(outcome.code == 0);
    CHECK(outcome.output.ends_with("\n"));
  }
}

TEST_CASE("Ctrl-C leaves its answer, one line of what was done and what comes next on the screen") {
  const TemporaryDirectory dir;
  for (const int columns : {100, 40}) {
    CAPTURE(columns);
    Terminal terminal(kMillet + " pretrain " + kRecipe +
                          " --set train.steps=100000 --set train.step_tokens=256 --set train.validate_every=0 "
                          "--set data.validation_problems=8 --out '" +
                          (dir / std::to_string(columns)).string() + "'",
                      columns);
    REQUIRE(terminal.wait_for("MaxVio"));  // the second picture
    terminal.catch_up();
    terminal.type("\x03");
    CHECK(terminal.end().code == 1);
    report::FakeScreen screen(columns);
    screen.write(terminal.bytes());
    const std::vector<std::string> rows = screen.rows();
    CAPTURE(screen.text());
    CHECK(screen.cursor_visible);
    CHECK(screen.understood);
    const auto answer = std::find_if(rows.begin(), rows.end(), [](const auto& r) { return r.starts_with("stopping"); });
    REQUIRE(answer != rows.end());
    std::string end;
    for (auto row = answer; row != rows.end(); ++row) end += (row->starts_with("  ") ? row->substr(1) : " " + *row);
    static const std::regex wanted(
        " stopping at the next step with a checkpoint; once more stops at once pre-training [0-9]+/100000 .* in [0-9:]+"
        " stopped by SIGINT; the same command goes on");
    CAPTURE(end);
    CHECK(std::regex_match(end, wanted));
    for (const std::string& row : rows) CHECK(row.find("·") == std::string::npos);  // of a bar
  }
}

TEST_CASE("Ctrl-C is answered in the middle of a step; a second one ends at once, with the cursor shown") {
  const TemporaryDirectory dir;
  Terminal terminal(kMillet + " pretrain " + kRecipe +
                        " --set train.step_tokens=1000000 --set train.micro_batch_tokens=4096 "
                        "--set data.validation_problems=8 --quiet --out '" +
                        (dir / "run").string() + "'",
                    80);
  for (int i = 0; i < 1000 && !std::filesystem::exists(dir / "run" / "run.json"); ++i) usleep(10'000);
  terminal.type("\x03");
  REQUIRE(terminal.wait_for("once more stops at once"));
  terminal.type("\x03");
  const Outcome outcome = terminal.end();
  CHECK(outcome.code == 130);
  const size_t said = outcome.output.find("stopped at once; the same command goes on");
  REQUIRE(said != std::string::npos);
  CHECK(outcome.output.rfind("\x1b[?25h", said) != std::string::npos);
}

TEST_CASE("chat reads a pipe too, with either line end, and its exit code says that a prompt was refused") {
  const TemporaryDirectory dir;
  const std::string chat = " | " + kMillet + " chat '" + trained(dir) + "' --max-new-tokens 4 2>&1";
  const Outcome unix_lines = shell("printf '3+4\\n5+6\\n'" + chat);
  const Outcome windows_lines = shell("printf '3+4\\r\\n5+6\\r\\n'" + chat);
  CHECK(unix_lines.code == 0);
  CHECK(windows_lines.code == 0);
  CHECK(windows_lines.output == unix_lines.output);
  const Outcome refused = shell("printf '3+4\\n#\\n5+6\\n'" + chat);
  CHECK(refused.code == 2);
  CHECK(refused.output.find("millet: line 2: ") != std::string::npos);
  CHECK(refused.output.find("has no token") != std::string::npos);
}

TEST_CASE("chat with a template remembers, and takes tools from a file") {
  const TemporaryDirectory dir;
  const std::filesystem::path run = trained(dir), model = dir / "model";
  std::filesystem::create_directory(model);
  for (const char* file : {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"})
    std::filesystem::copy(run / "checkpoint-2" / file, model / file);
  io::write_file_atomically(model / "chat_template.jinja",
                            "{{ bos_token }}{{ tools }}{% for m in messages %}{{ m.content }}{% endfor %}");
  io::write_file_atomically(dir / "tools.json", "[1]");
  const std::string chat = " | " + kMillet + " chat '" + model.string() + "' --max-new-tokens 4 2>&1";
  CHECK(shell("printf '3+4\\n'" + chat).output.find("has no token") != std::string::npos);  // None
  const Outcome with_tools = shell("printf '3+4\\n5+6\\n'" + chat + " --tools '" + (dir / "tools.json").string() + "'");
  CHECK(with_tools.output.find("'['") != std::string::npos);
  const Outcome without_template =
      shell("printf '3+4\\n' | " + kMillet + " chat '" + run.string() + "' --system 3 2>&1");
  CHECK(without_template.code == 2);
  CHECK(without_template.output.find("has no chat template") != std::string::npos);
}

TEST_CASE("a directory of runs is no model, and the error names one of them") {
  const TemporaryDirectory dir;
  trained(dir);
  for (const char* verb : {"info", "generate --prompt 3", "chat"}) {
    const Outcome outcome = shell(kMillet + " " + verb + " '" + dir.path().string() + "' 2>&1 </dev/null");
    CHECK(outcome.code == 2);
    CHECK(outcome.output.find("holds runs: name one of them, as " + (dir / "base").string()) != std::string::npos);
  }
}

TEST_CASE("a limit on the size of files is an error that names the file") {
  const TemporaryDirectory dir;
  const Outcome outcome = shell("ulimit -f 100; " + kMillet + " pretrain " + kRecipe +
                                " --set train.steps=1 --set train.step_tokens=256 --set train.validate_every=0 "
                                "--set data.validation_problems=8 --quiet --out '" +
                                (dir / "run").string() + "' 2>&1");
  CHECK(outcome.code == 1);
  CHECK(outcome.output.find("cannot write " + (dir / "run").string()) != std::string::npos);
  CHECK(outcome.output.find("File too large") != std::string::npos);
}
