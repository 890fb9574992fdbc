#include "millet/text/token_index.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace millet::text;

TEST_CASE("every token is found by its spelling, and nothing else is") {
  std::vector<std::string> spellings;
  for (int i = 0; i < 1000; ++i) spellings.push_back("t" + std::to_string(i * i));
  TokenIndex index(spellings.size());
  for (int32_t id = 0; id < 1000; ++id) CHECK(index.add(spellings, id));
  for (int32_t id = 0; id < 1000; ++id) CHECK(index.find(spellings, spellings[static_cast<size_t>(id)]) == id);
  for (const char* other : {"", "t", "t2", "T4", "t4 "}) CHECK(index.find(spellings, other) == -1);
}

TEST_CASE("a spelling that is there already is not added again") {
  const std::vector<std::string> spellings = {"a", "b", "a"};
  TokenIndex index(3);
  CHECK(index.add(spellings, 0));
  CHECK(index.add(spellings, 1));
  CHECK_FALSE(index.add(spellings, 2));
  CHECK(index.find(spellings, "a") == 0);
  CHECK(TokenIndex().find(spellings, "a") == -1);
}
