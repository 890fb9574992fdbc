#include "millet/cli/json_lines.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <istream>
#include <limits>
#include <string>
#include <utility>

#include "millet/core/error.h"
#include "millet/io/decompress.h"
#include "millet/io/file.h"
#include "millet/io/input_stream.h"
#include "millet/text/utf8.h"

namespace millet::cli {

namespace {

// A file that may be an archive.
class ArchiveLines {
 public:
  explicit ArchiveLines(const std::string& file) : in_(file), lines_(in_, std::numeric_limits<size_t>::max()) {}
  bool next(std::string& line) {
    const bool any = lines_.next(line_);
    line = std::move(line_.text);
    return any;
  }

 private:
  io::InputStream in_;
  io::LineReader lines_;
  io::LineReader::Line line_;
};

// What comes by and by, each line as soon as it is there: it is read no further than that.
class StreamLines {
 public:
  StreamLines(std::istream& in, std::string name) : in_(in), name_(std::move(name)) {}
  bool next(std::string& line) {
    const bool any = static_cast<bool>(std::getline(in_, line));
    require(!in_.bad(), "{}: it cannot be read to its end", name_);
    if (!any || !first_) return any;
    first_ = false;
    const io::Compression compression = io::compression_of(line);
    require(compression == io::Compression::none, "{} is {}: open it on the way, or name the file itself", name_,
            io::name_of(compression));
    return true;
  }

 private:
  std::istream& in_;
  std::string name_;
  bool first_ = true;
};

template <class Lines>
void answer_each(Lines&& lines, const std::string& name, const std::function<io::Json(const io::Json&)>& answer) {
  int64_t number = 0;
  for (std::string line; lines.next(line);) {
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
}

}  // namespace

void answer_json_lines(const std::string& file, const std::function<io::Json(const io::Json&)>& answer) {
  if (file == "-") return answer_each(StreamLines(std::cin, "standard input"), "standard input", answer);
  if (std::filesystem::is_regular_file(file)) return answer_each(ArchiveLines(file), file, answer);
  std::ifstream opened = io::open_file(file);  // a pipe by name
  answer_each(StreamLines(opened, file), file, answer);
}

}  // namespace millet::cli
