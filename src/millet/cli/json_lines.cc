#include "millet/cli/json_lines.h"

#include <fstream>
#include <iostream>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/text/utf8.h"

namespace millet::cli {

void answer_json_lines(const std::string& file, const std::function<io::Json(const io::Json&)>& answer) {
  const bool piped = file == "-";
  const std::string name = piped ? "standard input" : file;
  std::ifstream opened;
  if (!piped) opened = io::open_file(file);
  std::istream& in = piped ? std::cin : opened;
  int64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    std::string out;
    try {
      require(line.find_first_not_of(" \t\r") != std::string::npos, "{}:{}: the line is empty", name, number);
      out = answer(io::Json::parse(line, name, number)).dump();
    } catch (const Error& error) {
      out = io::Json::object({{"error", text::replace_invalid_utf8(error.what())}}).dump();
    }
    std::cout << out << '\n' << std::flush;
    if (!std::cout) fail_own("the answer to line {} cannot be written: is the disk full?", number);
  }
  require(!in.bad(), "{}: it cannot be read to its end", name);
}

}  // namespace millet::cli
