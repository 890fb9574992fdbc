#include "tests/architecture/tree.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace millet::architecture {

namespace fs = std::filesystem;

static std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Tree read_tree(const std::string& root) {
  Tree tree;
  for (const char* folder : {"src", "tests"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(root) / folder)) {
      const std::string extension = entry.path().extension().string();
      if (!entry.is_regular_file() || (extension != ".h" && extension != ".cc")) continue;
      tree[fs::relative(entry.path(), root).generic_string()] = read(entry.path());
    }
  }
  tree["docs/architecture.md"] = read(fs::path(root) / "docs/architecture.md");
  return tree;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string joined(const Findings& findings) {
  std::string text;
  for (const std::string& finding : findings) text += "\n  " + finding;
  return text;
}

static constexpr std::string_view kSource = "src/millet/";

bool in_source(std::string_view path) {
  return path.starts_with(kSource);
}

std::string room_of(std::string_view path) {
  path.remove_prefix(kSource.size());
  return std::string(path.substr(0, path.find('/')));
}

}  // namespace millet::architecture
