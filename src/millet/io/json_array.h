// A file that is one JSON array, read item by item: it may be larger than memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millet/io/input_stream.h"

namespace millet::io {

class JsonArrayReader {
 public:
  // The stream begins with "[", behind white space or a byte order mark. Of an item longer than `longest` bytes only
  // its beginning is kept.
  JsonArrayReader(InputStream& in, size_t longest) : in_(in), longest_(longest), buffer_(size_t{1} << 16) {}

  // The text between two commas, without white space around it. It need be no JSON: where brackets and quotes of an
  // item do not match, it reaches further than it should.
  struct Item {
    std::string text;
    int64_t index = 0;  // from 0
    int64_t line = 1;   // in which it begins
    bool too_long = false;
  };
  // The next item; false at the end of the array or of the file. Throws Error as the stream does.
  bool next(Item& item);

  // At the end: did the array end, and nothing but white space stand behind it?
  bool whole();

 private:
  int get();  // the next byte, −1 at the end

  InputStream& in_;
  size_t longest_;
  std::vector<char> buffer_;
  size_t begin_ = 0, end_ = 0;
  int64_t line_ = 1, index_ = 0;
  bool begun_ = false, closed_ = false;
};

// Does what comes next begin as a JSON array does?
bool begins_as_array(InputStream& in);

}  // namespace millet::io
