#include "millet/core/nearest.h"

#include <doctest/doctest.h>

using namespace millet;

TEST_CASE("a mistyped word finds its candidate") {
  const std::vector<std::string> words = {"pretrain", "rl", "generate", "chat"};
  CHECK(nearest("pretain", words) == "pretrain");
  CHECK(nearest("genreate", words) == "generate");
  CHECK(nearest("lr", words) == "rl");
  CHECK(nearest("chat", words) == "chat");
}

TEST_CASE("a word far from all finds none") {
  CHECK(nearest("xylophone", {"rl", "chat"}).empty());
  CHECK(nearest("", {"generate"}).empty());
  CHECK(nearest("rl", {}).empty());
}

TEST_CASE("of equals the first is taken") {
  CHECK(nearest("cat", {"chat", "cart"}) == "chat");
}
