#include "millet/cli/json_lines.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <semaphore>
#include <sstream>
#include <string>
#include <thread>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/io/archives.h"
#include "tests/io/temporary_directory.h"

using namespace millet;

namespace {

std::string answers(const std::string& file) {
  std::ostringstream out;
  std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
  try {
    cli::answer_json_lines(file, [](const io::Json& line) {
      return io::Json::object({{"twice", 2 * line.at("n").as_int()}});
    });
  } catch (...) {
    std::cout.rdbuf(before);
    throw;
  }
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

TEST_CASE("an archive is opened, one that is cut off is an error, and one that comes as a stream is refused at once") {
  const TemporaryDirectory directory;
  const std::string file = (directory.path() / "in.jsonl.gz").string();
  const std::string text = "{\"n\": 1}\n{\"n\": 2, \"long\": \"" + std::string(3 << 20, 'x') + "\"}\n";
  for (const std::string& archive : {gzip_of(text), zstd_of(text)}) {
    io::write_file_atomically(file, archive);
    CHECK(answers(file) == "{\"twice\":2}\n{\"twice\":4}\n");
    io::write_file_atomically(file, archive.substr(0, archive.size() - 9));
    CHECK_THROWS_WITH_AS(answers(file), doctest::Contains("in.jsonl.gz is cut off"), Error);
    std::istringstream in(archive);
    std::streambuf* const before = std::cin.rdbuf(in.rdbuf());
    CHECK_THROWS_WITH_AS(answers("-"), doctest::Contains("open it on the way, or name the file itself"), Error);
    std::cin.rdbuf(before);
  }
}

TEST_CASE("a pipe is answered line by line, named or not") {
  const TemporaryDirectory directory;
  const std::string pipe = (directory.path() / "pipe").string();
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  std::atomic<bool> was_first_answered = false;
  std::counting_semaphore<8> answered{0};
  std::thread writer([&] {
    std::ofstream to(pipe);
    to << "{\"n\": 1}\n" << std::flush;
    was_first_answered = answered.try_acquire_for(std::chrono::seconds(20));
    to << "{\"n\": 2}\n";
  });
  std::ostringstream out;
  std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
  cli::answer_json_lines(pipe, [&](const io::Json& line) {
    answered.release();
    return line;
  });
  std::cout.rdbuf(before);
  writer.join();
  CHECK(was_first_answered);
  CHECK(out.str() == "{\"n\":1}\n{\"n\":2}\n");
}
