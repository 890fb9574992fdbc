// A terminal in memory: what people would see after the bytes that the live view wrote.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "millet/report/terminal.h"

namespace millet::report {

// Understands what report/terminal writes (text, \r, \n, cursor up, erase below, hide and show, colours) and refuses
// every other escape sequence.
class FakeScreen {
 public:
  explicit FakeScreen(int columns) : columns_(columns) {}

  void write(std::string_view bytes) {
    for (size_t at = 0; at < bytes.size();) {
      if (bytes[at] == '\x1b') {
        at = escape(bytes, at);
      } else if (bytes[at] == '\n') {
        go(row_ + 1, 0);
        ++at;
      } else if (bytes[at] == '\r') {
        column_ = 0;
        ++at;
      } else {
        size_t end = at + 1;
        while (end < bytes.size() && (static_cast<unsigned char>(bytes[end]) & 0xc0) == 0x80) ++end;
        put(bytes.substr(at, end - at));
        at = end;
      }
    }
  }

  // Rows from the top, without blanks at their ends.
  std::vector<std::string> rows() const {
    std::vector<std::string> out;
    for (const auto& cells : cells_) {
      std::string row;
      for (const std::string& cell : cells) row += cell;
      row.erase(row.find_last_not_of(' ') + 1);
      out.push_back(row);
    }
    while (!out.empty() && out.back().empty()) out.pop_back();
    return out;
  }

  std::string text() const {
    std::string out;
    for (const std::string& row : rows()) out += row + "\n";
    return out;
  }

  bool cursor_visible = true;
  bool understood = true;  // false after a sequence that a terminal should not have got
  bool coloured = false;

 private:
  void go(size_t row, size_t column) {
    row_ = row;
    column_ = column;
    if (cells_.size() <= row_) cells_.resize(row_ + 1);
  }

  void put(std::string_view character) {
    const int width = display_width(character);
    if (static_cast<int>(column_) + width > columns_) go(row_ + 1, 0);
    go(row_, column_);
    auto& row = cells_[row_];
    if (width == 0) {
      if (column_ > 0) row[column_ - 1] += character;
      return;
    }
    if (row.size() < column_ + static_cast<size_t>(width)) row.resize(column_ + static_cast<size_t>(width), " ");
    row[column_] = character;
    for (int i = 1; i < width; ++i) row[column_ + static_cast<size_t>(i)] = "";
    column_ += static_cast<size_t>(width);
  }

  size_t escape(std::string_view bytes, size_t at) {
    size_t end = at + 2;
    while (end < bytes.size() && !std::isalpha(static_cast<unsigned char>(bytes[end]))) ++end;
    const std::string_view sequence = bytes.substr(at, end + 1 - at);
    const char kind = sequence.back();
    if (sequence == "\x1b[?25l") {
      cursor_visible = false;
    } else if (sequence == "\x1b[?25h") {
      cursor_visible = true;
    } else if (kind == 'A') {
      const auto up = static_cast<size_t>(std::atoi(std::string(sequence.substr(2)).c_str()));
      go(row_ >= up ? row_ - up : 0, column_);
    } else if (sequence == "\x1b[J") {
      cells_.resize(row_ + 1);
      cells_[row_].resize(std::min(cells_[row_].size(), column_));
    } else if (kind == 'm') {
      coloured = true;
    } else {
      understood = false;
    }
    return end + 1;
  }

  int columns_;
  size_t row_ = 0, column_ = 0;
  std::vector<std::vector<std::string>> cells_ = {{}};
};

}  // namespace millet::report
