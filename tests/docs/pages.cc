#include "tests/docs/pages.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace millet::docs {

namespace fs = std::filesystem;

// What a reader does one after the other; other pages follow by name.
static constexpr std::array kOrder = {"docs/pretrain.md", "docs/reinforce.md", "docs/evaluate.md", "docs/talk.md",
                                      "docs/checkpoints.md"};

Page read_page(const std::string& path) {
  std::ifstream file(fs::path(MILLET_SOURCE_DIR) / path, std::ios::binary);
  if (!file) throw std::runtime_error("there is no page " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return {path, text.str()};
}

std::vector<Page> read_pages() {
  std::vector<std::string> others = {"README.md"};
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(MILLET_SOURCE_DIR) / "docs")) {
    const std::string path = "docs/" + entry.path().filename().string();
    if (path.ends_with(".md") && std::find(kOrder.begin(), kOrder.end(), path) == kOrder.end()) others.push_back(path);
  }
  std::sort(others.begin(), others.end());
  std::vector<Page> pages;
  for (const char* path : kOrder) pages.push_back(read_page(path));
  for (const std::string& path : others) pages.push_back(read_page(path));
  return pages;
}

static std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

static std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

// "pretrain" of "echo x | millet pretrain recipe.toml"; "" where no verb is run.
static std::string verb_of(const std::string& command) {
  const std::string name = "millet ";
  const size_t piped = command.find("| " + name);
  if (piped == std::string::npos && !command.starts_with(name)) return "";
  const size_t begin = (piped == std::string::npos ? 0 : piped + 2) + name.size();
  return command.substr(begin, command.find(' ', begin) - begin);
}

std::vector<Command> commands_of(const Page& page) {
  static const std::string mark = "<!-- test ";
  const std::vector<std::string> lines = lines_of(page.text);
  std::vector<Command> commands;
  std::map<std::string, std::string> added;  // verb → words
  bool fenced = false;
  for (size_t n = 0; n < lines.size(); ++n) {
    const std::string& line = lines[n];
    if (line.starts_with("```")) fenced = !fenced;
    if (fenced) continue;
    if (line.starts_with(mark)) {
      const size_t colon = line.find(':'), end = line.rfind(" -->");
      if (colon == std::string::npos || end == std::string::npos || end < colon)
        throw std::runtime_error(page.path + ": not understood: " + line);
      added[line.substr(mark.size(), colon - mark.size())] = trimmed(line.substr(colon + 1, end - colon - 1));
      continue;
    }
    if (!line.starts_with("    ")) continue;
    const std::string first = trimmed(line);
    if (!first.starts_with("millet ") && !first.starts_with("echo ") && !first.starts_with("printf ")) continue;
    Command command{.page = page.path, .line = n + 1, .typed = first, .tested = ""};
    while (command.typed.ends_with("\\") && n + 1 < lines.size()) {
      command.typed.pop_back();
      command.typed = trimmed(command.typed) + " " + trimmed(lines[++n]);
    }
    command.typed = trimmed(command.typed.substr(0, command.typed.find("  # ")));
    command.tested = command.typed;
    const auto words = added.find(verb_of(command.typed));
    if (words != added.end() && !words->second.empty()) command.tested += " " + words->second;
    commands.push_back(command);
  }
  return commands;
}

std::vector<Cell> first_cells(const Page& page, std::string_view heading) {
  std::vector<Cell> cells;
  bool inside = false;
  const std::vector<std::string> lines = lines_of(page.text);
  for (size_t n = 0; n < lines.size(); ++n) {
    const std::string& line = lines[n];
    if (line.starts_with("#")) inside = line.starts_with(heading);
    if (!inside || !line.starts_with("| `")) continue;
    const size_t end = line.find("` |");
    if (end != std::string::npos) cells.push_back({n + 1, line.substr(3, end - 3)});
  }
  return cells;
}

}  // namespace millet::docs
