#include "tests/architecture/text_rules.h"

#include <algorithm>
#include <cctype>
#include <functional>

namespace millet::architecture {

static bool part_of_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Where `word` stands in the line by itself; npos if it does not.
static size_t find_word(std::string_view line, std::string_view word, size_t from = 0) {
  for (size_t at = line.find(word, from); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !part_of_word(line[at - 1])) && (end == line.size() || !part_of_word(line[end]))) return at;
  }
  return std::string_view::npos;
}

static bool has_any(std::string_view line, const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(),
                     [line](const std::string& word) { return find_word(line, word) != std::string_view::npos; });
}

// Lines that `is_bad` refuses, of the files that `wanted` accepts.
static Findings lines_that(const Tree& tree, const std::function<bool(std::string_view)>& wanted,
                           const std::function<bool(std::string_view)>& is_bad) {
  Findings found;
  for (const auto& [path, text] : tree) {
    if (!wanted(path)) continue;
    const std::vector<std::string> lines = lines_of(text);
    for (size_t n = 0; n < lines.size(); ++n) {
      if (is_bad(lines[n])) found.push_back(path + ":" + std::to_string(n + 1) + ": " + lines[n]);
    }
  }
  return found;
}

Findings environment_reads(const Tree& tree) {
  static const std::vector<std::string> readers = {"getenv", "secure_getenv", "environ", "setenv", "putenv"};
  static const std::vector<std::string> allowed = {"NO_COLOR", "TERM", "COLUMNS", "HOME"};
  return lines_that(tree, in_source, [](std::string_view line) {
    // A child process is handed all of it, unread.
    if (!has_any(line, readers) || line.find("posix_spawnp(") != std::string_view::npos) return false;
    return std::none_of(allowed.begin(), allowed.end(), [line](const std::string& name) {
      return line.find("getenv(\"" + name + "\")") != std::string_view::npos;
    });
  });
}

Findings unfinished_marks(const Tree& tree) {
  // In two, or this line would be found.
  static const std::vector<std::string> marks = {std::string("TO") + "DO", std::string("FIX") + "ME"};
  const auto is_code = [](std::string_view path) { return path.ends_with(".h") || path.ends_with(".cc"); };
  return lines_that(tree, is_code, [](std::string_view line) { return has_any(line, marks); });
}

Findings silent_headers(const Tree& tree) {
  Findings found;
  for (const auto& [path, text] : tree) {
    if (!in_source(path) || !path.ends_with(".h")) continue;
    if (!text.starts_with("// ")) found.push_back(path + ": its first line does not say what it is for");
    if (text.find("\n#pragma once\n") == std::string::npos) found.push_back(path + ": lacks #pragma once");
  }
  return found;
}

Findings foreign_randomness(const Tree& tree) {
  static const std::vector<std::string> foreign = {"<random>", "mt19937", "random_device", "std::shuffle", "srand"};
  return lines_that(tree, in_source, [](std::string_view line) {
    const size_t call = find_word(line, "rand");
    return has_any(line, foreign) || (call != std::string_view::npos && line.substr(call).starts_with("rand("));
  });
}

}  // namespace millet::architecture
