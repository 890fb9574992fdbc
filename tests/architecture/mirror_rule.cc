#include "tests/architecture/mirror_rule.h"

#include <set>

namespace millet::architecture {

static std::string stem_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return path.substr(slash + 1, path.rfind('.') - slash - 1);
}

static bool has_test(const Tree& tree, const std::string& header) {
  const std::string test = "tests/" + room_of(header) + "/" + stem_of(header);
  return tree.contains(test + "_test.cc") || tree.contains(test + "_slow_test.cc");
}

Findings broken_mirror(const Tree& tree, const std::vector<Exception>& exceptions) {
  Findings found;
  std::set<std::string> used;
  for (const auto& [path, text] : tree) {
    if (!in_source(path) || !path.ends_with(".h")) continue;
    const std::string header = path.substr(std::string("src/millet/").size());
    const Exception* excused = nullptr;
    for (const Exception& e : exceptions) {
      if (e.path == header || (e.path.ends_with("/") && header.starts_with(e.path))) excused = &e;
    }
    const bool whole_folder = excused != nullptr && excused->path.ends_with("/");
    if (has_test(tree, path) && !whole_folder) {
      if (excused != nullptr) found.push_back(header + " has its test now: take it off the list of exceptions");
    } else if (excused == nullptr) {
      found.push_back(header + " has no tests/" + room_of(path) + "/" + stem_of(path) + "_test.cc");
    }
    if (excused != nullptr) used.insert(excused->path);
  }
  for (const Exception& e : exceptions) {
    if (!used.contains(e.path)) found.push_back(e.path + " is gone: take it off the list of exceptions");
  }
  return found;
}

}  // namespace millet::architecture
