#include "millet/cli/json_lines.h"

#include <doctest/doctest.h>

#include <iostream>
#include <sstream>
#include <string>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/io/temporary_directory.h"

using namespace millet;

namespace {

std::string answers(const std::string& file) {
  std::ostringstream out;
  std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
  cli::answer_json_lines(file, [](const io::Json& line) {
    return io::Json::object({{"twice", 2 * line.at("n").as_int()}});
  });
  std::cout.rdbuf(before);
  return out.str();
}

}  // namespace

TEST_CASE("every line has its answer in order, and a bad one its error") {
  const TemporaryDirectory directory;
  const std::string file = (directory.path() / "in.jsonl").string();
  io::write_file_atomically(file, "{\"n\": 1}\n\n \r\n{\"n\": \n{\"m\": 1}\n{\"n\": 2}\r\n{\"n\": 3}");
  const std::string all = answers(file);
  CAPTURE(all);
  CHECK(all.starts_with("{\"twice\":2}\n{\"error\":\"" + file + ":2: the line is empty\"}\n{\"error\":\"" + file +
                        ":3: the line is empty\"}\n{\"error\":\"" + file + ":4:"));
  CHECK(all.find("{\"error\":\"" + file + ":5 has no key") != std::string::npos);
  CHECK(all.ends_with("\n{\"twice\":4}\n{\"twice\":6}\n"));
  CHECK_THROWS_AS(cli::answer_json_lines(directory.path().string(), {}), Error);
  CHECK_THROWS_AS(cli::answer_json_lines(file + "x", {}), Error);
}
