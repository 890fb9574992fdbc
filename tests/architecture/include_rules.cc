#include "tests/architecture/include_rules.h"

#include <algorithm>
#include <functional>
#include <sstream>

namespace millet::architecture {

IncludeList read_include_list(std::string_view page) {
  IncludeList list;
  const size_t heading = page.find("Who may include whom");
  if (heading == std::string_view::npos) return list;
  const size_t fence = page.find("```\n", heading);
  if (fence == std::string_view::npos) return list;
  const size_t begin = fence + 4;
  for (const std::string& line : lines_of(page.substr(begin, page.find("```", begin) - begin))) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::set<std::string>& rooms = list[line.substr(0, colon)];
    std::istringstream rest(line.substr(colon + 1));
    for (std::string room; rest >> room;) rooms.insert(room);
  }
  return list;
}

Findings circles(const IncludeList& list) {
  Findings found;
  for (const auto& [start, rooms] : list) {
    std::set<std::string> seen;
    const std::function<void(const std::string&)> visit = [&](const std::string& room) {
      if (!seen.insert(room).second) return;
      const auto at = list.find(room);
      if (at == list.end()) return;
      for (const std::string& next : at->second) visit(next);
    };
    for (const std::string& room : rooms) visit(room);
    if (seen.contains(start)) found.push_back(start + " reaches itself");
  }
  return found;
}

Findings wrong_map(const Tree& tree, std::string_view page) {
  std::set<std::string> present, drawn;
  for (const auto& [path, text] : tree) {
    if (in_source(path)) present.insert(room_of(path));
  }
  Findings found;
  bool inside = false;
  for (const std::string& line : lines_of(page)) {
    inside = line == "src/millet/" || (inside && line.starts_with(" "));
    const size_t slash = line.find('/');
    if (!inside || slash == std::string::npos || slash < 3 || line[2] == ' ' || line[1] != ' ') continue;
    const std::string room = line.substr(2, slash - 2);
    const bool promised = line.find("not yet") != std::string::npos;
    drawn.insert(room);
    if (promised && present.contains(room)) found.push_back(room + " is there, the page says not yet");
    if (!promised && !present.contains(room)) found.push_back(room + " is drawn on the page and is not there");
  }
  for (const std::string& room : present) {
    if (!drawn.contains(room)) found.push_back(room + " is not drawn on the page");
  }
  return found;
}

namespace {

struct Include {
  std::string place;   // "src/millet/nn/block.h:12"
  std::string target;  // as written
  bool quoted;
};

std::vector<Include> includes_of(const std::string& path, const std::string& text) {
  std::vector<Include> includes;
  const std::vector<std::string> lines = lines_of(text);
  for (size_t n = 0; n < lines.size(); ++n) {
    const std::string& line = lines[n];
    const size_t hash = line.find_first_not_of(" \t");
    if (hash == std::string::npos || line[hash] != '#') continue;
    const size_t word = line.find_first_not_of(" \t", hash + 1);
    if (word == std::string::npos || line.compare(word, 7, "include") != 0) continue;
    const size_t open = line.find_first_of("\"<", word + 7);
    if (open == std::string::npos) continue;
    const size_t close = line.find_first_of("\">", open + 1);
    includes.push_back(
        {path + ":" + std::to_string(n + 1), line.substr(open + 1, close - open - 1), line[open] == '"'});
  }
  return includes;
}

// Written by the build.
const std::set<std::string> generated = {"millet/cli/commit.h"};

bool is_systems(const std::string& header) {
  static const std::set<std::string> posix = {
      "cpuid.h", "dirent.h", "fcntl.h",   "immintrin.h", "netdb.h",  "poll.h",  "pthread.h",  "sched.h",    "signal.h",
      "spawn.h", "syslog.h", "termios.h", "time.h",      "unistd.h", "dlfcn.h", "ucontext.h", "execinfo.h", "pwd.h"};
  if (header.find('/') == std::string::npos && header.find('.') == std::string::npos) return true;  // <vector>
  return posix.contains(header) || header.starts_with("sys/") || header.starts_with("linux/") ||
         header.starts_with("netinet/") || header.starts_with("arpa/");
}

std::string library_of(const std::string& header) {
  return header.substr(0, header.find('/'));
}

// {fmt} is the language's own std::format elsewhere: its light header may stand anywhere, the rest in any .cc.
bool free_for(const std::string& path, const std::string& header) {
  return header == "fmt/core.h" || (header.starts_with("fmt/") && path.ends_with(".cc"));
}

bool is_kernel(const std::string& path) {
  return path.starts_with("src/millet/ops/cpu/kernels/");
}

}  // namespace

Findings wrong_includes(const Tree& tree, const IncludeList& list) {
  Findings found;
  for (const auto& [path, text] : tree) {
    if (!in_source(path)) continue;
    const std::string room = room_of(path);
    const auto allowed = list.find(room);
    if (allowed == list.end()) {
      found.push_back(path + ": room '" + room + "' is not in the list of docs/architecture.md");
      continue;
    }
    for (const Include& include : includes_of(path, text)) {
      if (!include.quoted) continue;
      const std::string target = "src/" + include.target;
      if (!in_source(target)) {
        found.push_back(include.place + ": \"" + include.target + "\" must be \"millet/room/file.h\"");
      } else if (!tree.contains(target) && !generated.contains(include.target)) {
        found.push_back(include.place + ": \"" + include.target + "\" does not exist");
      } else if (const std::string other = room_of(target);
                 other != room && !allowed->second.contains(other) && !allowed->second.contains("*")) {
        found.push_back(include.place + ": " + room + " may not include " + other + " (\"" + include.target + "\")");
      }
    }
  }
  return found;
}

Findings scattered_libraries(const Tree& tree) {
  Findings found;
  std::map<std::string, std::set<std::string>> users;  // library → files
  for (const auto& [path, text] : tree) {
    if (!in_source(path)) continue;
    for (const Include& include : includes_of(path, text)) {
      if (include.quoted || is_systems(include.target) || free_for(path, include.target)) continue;
      if (path.ends_with(".h")) found.push_back(include.place + ": <" + include.target + "> in a header of ours");
      users[library_of(include.target)].insert(path);
    }
  }
  for (const auto& [library, files] : users) {
    if (files.size() < 2) continue;
    std::string all;
    for (const std::string& file : files) all += " " + file;
    found.push_back(library + " is included by several files:" + all);
  }
  return found;
}

Findings kernel_includes(const Tree& tree) {
  static const std::set<std::string> plain = {"cstdint", "immintrin.h"};
  Findings found;
  for (const auto& [path, text] : tree) {
    if (!is_kernel(path)) continue;
    for (const Include& include : includes_of(path, text)) {
      if (include.quoted ? !is_kernel("src/" + include.target) : !plain.contains(include.target))
        found.push_back(include.place + ": a kernel includes \"" + include.target + "\"");
    }
  }
  return found;
}

}  // namespace millet::architecture
