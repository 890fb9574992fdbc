#include "millet/cli/key_table.h"

#include <doctest/doctest.h>

using namespace millet;

namespace {
struct Source {
  double share = 0;
  void fields(Fields& f) { f("share", share, "part of the mix"); }
};
struct Recipe {
  int64_t steps = 20;
  std::string order = "none";
  std::map<std::string, Source> mix;
  void fields(Fields& f) {
    f("steps", steps, "optimizer steps");
    f("order", order, "of the examples", {"none", "random"});
    f.map("mix", mix, "sources");
  }
};
}  // namespace

TEST_CASE("every key of a recipe has a line with type, default, help and choices") {
  CHECK(cli::keys_of<Recipe>() ==
        "  steps             int = 20         optimizer steps\n"
        "  order             string = \"none\"  of the examples (none | random)\n"
        "  mix.<name>.share  float            part of the mix\n");
}
