#include "millet/cli/version.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

static std::string fact(const std::string& name) {
  const std::string text = "\n" + millet::cli::version_text();
  const size_t at = text.find("\n" + name + " ");
  REQUIRE(at != std::string::npos);
  const size_t begin = text.find_first_not_of(' ', at + 1 + name.size());
  return text.substr(begin, text.find('\n', begin) - begin);
}

TEST_CASE("the version names a commit or says why not, the compiler with its build type, and the instruction set") {
  const std::string commit = fact("commit");
  const bool is_hash = commit.size() == 12 && commit.find_first_not_of("0123456789abcdef") == std::string::npos;
  CHECK((is_hash || commit.starts_with("unknown (")));
  CHECK(fact("compiler").find(", ") != std::string::npos);
  CHECK_FALSE(fact("instruction set").empty());
  CHECK(fact("millet").find('.') != std::string::npos);
}
