#include "tests/architecture/include_rules.h"

#include <doctest/doctest.h>

using namespace millet::architecture;

static const IncludeList small = {{"core", {}}, {"ops", {"core"}}, {"nn", {"core", "ops"}}, {"cli", {"*"}}};

// Two rooms with a header each, and one file to judge.
static Tree house(const std::string& path, const std::string& text) {
  return {{"src/millet/core/a.h", ""}, {"src/millet/ops/b.h", ""}, {"src/millet/nn/c.h", ""}, {path, text}};
}

TEST_CASE("the list on the page is read as written") {
  const IncludeList list = read_include_list(
      "x\n```\nno: list\n```\n**Who may include whom** …\n```\ncore:\nio:   core\n"
      "cli:  *\n```\n```\nnot: this\n```\n");
  CHECK(list == IncludeList{{"core", {}}, {"io", {"core"}}, {"cli", {"*"}}});
  CHECK(read_include_list("nothing here").empty());
}

TEST_CASE("a circle of rooms is found") {
  CHECK(circles(small).empty());
  CHECK(circles({{"a", {"b"}}, {"b", {"c"}}, {"c", {"a"}}, {"d", {"a"}}}).size() == 3);
}

TEST_CASE("a map that promises or forgets a room is found") {
  const Tree tree = house("src/millet/cli/d.cc", "");
  const std::string map =
      "```\nsrc/millet/\n  core/  a\n  ops/   b\n         ops/cpu/ c\n  nn/    d\n  cli/   e\n  rl/    not yet: "
      "f\n```\n";
  CHECK(wrong_map(tree, map).empty());
  CHECK(wrong_map(tree, "src/millet/\n  core/  a\n  ops/   not yet: b\n  nn/    d\n  rl/    f\n") ==
        Findings{"ops is there, the page says not yet", "rl is drawn on the page and is not there",
                 "cli is not drawn on the page"});
}

TEST_CASE("an include that goes up, out of the house or nowhere is found") {
  CHECK(wrong_includes(house("src/millet/nn/d.cc", "#include \"millet/ops/b.h\"\n#include \"millet/nn/c.h\"\n"), small)
            .empty());
  CHECK(wrong_includes(house("src/millet/cli/d.cc", "#include \"millet/nn/c.h\"\n"), small).empty());
  CHECK(wrong_includes(house("src/millet/ops/d.cc", "\n#include \"millet/nn/c.h\"\n"), small) ==
        Findings{"src/millet/ops/d.cc:2: ops may not include nn (\"millet/nn/c.h\")"});
  CHECK(wrong_includes(house("src/millet/ops/d.h", " #  include \"millet/nn/c.h\"  // up\n"), small).size() == 1);
  CHECK(wrong_includes(house("src/millet/ops/cpu/d.cc", "#include \"millet/nn/c.h\"\n"), small).size() == 1);
  CHECK(wrong_includes(house("src/millet/nn/d.cc", "#include \"c.h\"\n"), small).size() == 1);
  CHECK(wrong_includes(house("src/millet/nn/d.cc", "#include \"tests/core/x.h\"\n"), small).size() == 1);
  CHECK(wrong_includes(house("src/millet/nn/d.cc", "#include \"millet/ops/gone.h\"\n"), small).size() == 1);
  CHECK(wrong_includes(house("src/millet/attic/d.cc", ""), small).size() == 1);
}

TEST_CASE("a library in two files, or in a header, is found") {
  CHECK(scattered_libraries(house("src/millet/nn/d.cc",
                                  "#include <vector>\n#include <fmt/format.h>\n#include "
                                  "<sys/mman.h>\n#include <nlohmann/json.hpp>\n"))
            .empty());
  CHECK(scattered_libraries(house("src/millet/nn/d.h", "#include <fmt/core.h>\n")).empty());
  CHECK(scattered_libraries(house("src/millet/nn/d.h", "#include <fmt/format.h>\n")).size() == 1);
  CHECK(scattered_libraries(house("src/millet/nn/d.h", "#include <xxhash.h>\n")).size() == 1);
  Tree tree = house("src/millet/nn/d.cc", "#include <nlohmann/json.hpp>\n");
  tree["src/millet/nn/e.cc"] = "#include <nlohmann/json_fwd.hpp>\n";
  CHECK(scattered_libraries(tree) ==
        Findings{"nlohmann is included by several files: src/millet/nn/d.cc src/millet/nn/e.cc"});
}

TEST_CASE("a kernel that includes the library is found") {
  const std::string path = "src/millet/ops/cpu/kernels/d.cc";
  CHECK(kernel_includes(house(path, "#include <cstdint>\n#include \"millet/ops/cpu/kernels/vec.h\"\n")).empty());
  CHECK(kernel_includes(house(path, "#include <algorithm>\n")).size() == 1);
  CHECK(kernel_includes(house(path, "#include \"millet/core/a.h\"\n")).size() == 1);
}

TEST_CASE("every include of the project keeps to docs/architecture.md") {
  const Tree tree = read_tree(MILLET_SOURCE_DIR);
  const IncludeList list = read_include_list(tree.at("docs/architecture.md"));
  REQUIRE(list.size() > 10);
  CHECK_MESSAGE(circles(list).empty(), joined(circles(list)));
  const Findings map = wrong_map(tree, tree.at("docs/architecture.md"));
  CHECK_MESSAGE(map.empty(), joined(map));
  for (const Findings& found : {wrong_includes(tree, list), scattered_libraries(tree), kernel_includes(tree)})
    CHECK_MESSAGE(found.empty(), joined(found));
}
