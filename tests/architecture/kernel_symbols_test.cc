// Kernels are compiled once per instruction set. A weak symbol (an inline function, a template) in one of their objects
// may replace the same one of the whole program, and then an older processor meets instructions it does not know.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include "tests/architecture/tree.h"

namespace fs = std::filesystem;
using millet::architecture::Findings;
using millet::architecture::joined;

// Symbols that `nm` marks weak (V, W) or unique (u), of one object: "address type name" a line. DW.ref.… is a pointer
// of unoptimised exception tables, the same in every object.
static Findings weak_symbols(const std::string& listing) {
  Findings found;
  for (const std::string& line : millet::architecture::lines_of(listing)) {
    const std::string type = line.substr(std::min(line.find(' '), line.size()), 3);
    const bool is_weak = type == " V " || type == " W " || type == " u ";
    if (is_weak && line.find(" V DW.ref.") == std::string::npos) found.push_back(line);
  }
  return found;
}

static std::string nm(const fs::path& object) {
  const std::string command = "nm --demangle --defined-only '" + object.string() + "'";
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 4096> part;
  for (size_t n; (n = fread(part.data(), 1, part.size(), pipe)) > 0;) output.append(part.data(), n);
  REQUIRE(pclose(pipe) == 0);
  return output;
}

TEST_CASE("a weak symbol is found in a listing of nm") {
  CHECK(weak_symbols("0000000000000000 T table_v3\n0000000000000010 t helper\n").empty());
  CHECK(weak_symbols("0000000000000000 V DW.ref.__gxx_personality_v0\n").empty());
  CHECK(weak_symbols("0000000000000000 W std::max<int>(int const&)\n").size() == 1);
  CHECK(weak_symbols("0000000000000000 V guard\n0000000000000000 u once\n").size() == 2);
}

TEST_CASE("objects of kernels export no weak symbols") {
  const fs::path build = fs::path(MILLET_PROGRAM).parent_path();
  int objects = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(build / "src" / "CMakeFiles")) {
    const std::string path = entry.path().string();
    if (!path.ends_with(".o") || path.find("millet_kernels_") == std::string::npos) continue;
    ++objects;
    const Findings found = weak_symbols(nm(entry.path()));
    CHECK_MESSAGE(found.empty(), path, joined(found));
  }
  CHECK(objects > 0);
}
