#include <doctest/doctest.h>

#include <string>

#include "millet/io/file.h"
#include "tests/cli/shell.h"
#include "tests/io/temporary_directory.h"

using namespace millet;

namespace {

tests::Outcome verified(const TemporaryDirectory& folder, const std::string& kind, const std::string& lines) {
  io::write_file_atomically(folder / "in.jsonl", lines);
  return tests::shell(std::string(MILLET_PROGRAM) + " verify " + kind + " --jsonl " + (folder / "in.jsonl").string() +
                      " 2>/dev/null");
}

}  // namespace

TEST_CASE("millet verify math judges every line in order, a bad one has its error") {
  const TemporaryDirectory folder;
  const tests::Outcome outcome =
      verified(folder, "math",
               R"({"gold": "$\\frac{1}{2}$", "prediction": "It is \\boxed{0.50}."})"
               "\nno json\n\n"
               R"({"gold": "1/3", "prediction": "0.33", "extract": ["expr"], "precision": 2})"
               "\n"
               R"({"gold": "$x+1$", "prediction": "$y+1$", "strict": false, "language": null})"
               "\n"
               R"({"gold": "$x+1$", "prediction": "$y+1$"})"
               "\n"
               R"({"gold": "B", "prediction": "答案是B", "extract": ["choice_letter"], "language": "chinese"})"
               "\n"
               R"({"gold": "10%", "prediction": "10", "extract": "raw"})"
               "\n"
               R"({"gold": "1", "prediction": "1", "extract": ["letters"]})"
               "\n"
               R"({"gold": "1"})");
  CHECK(outcome.code == 0);
  CAPTURE(outcome.output);
  CHECK(outcome.output.starts_with("{\"equal\":true,\"reason\":\"equal as numbers: 1/2 and 0.5\"}\n{\"error\":\""));
  size_t right = 0, wrong = 0, errors = 0;
  for (size_t at = 0; (at = outcome.output.find("{\"equal\":true", at)) != std::string::npos; ++at) ++right;
  for (size_t at = 0; (at = outcome.output.find("{\"equal\":false", at)) != std::string::npos; ++at) ++wrong;
  for (size_t at = 0; (at = outcome.output.find("{\"error\":", at)) != std::string::npos; ++at) ++errors;
  CHECK(right == 5);
  CHECK(wrong == 1);
  CHECK(errors == 4);  // the empty line has its own
}

TEST_CASE("millet verify gsm8k judges solutions by the value behind their mark") {
  const TemporaryDirectory folder;
  const tests::Outcome outcome = verified(folder, "gsm8k",
                                          R"({"answer": "so\n#### 1,200", "solution": "A: 1200"})"
                                          "\n"
                                          R"({"answer": 18, "solution": "A: 17"})"
                                          "\n"
                                          R"({"answer": "18"})");
  CHECK(outcome.output.starts_with("{\"correct\":true}\n{\"correct\":false}\n{\"error\":\""));
  CHECK(verified(folder, "maths", "").code == 2);
}
