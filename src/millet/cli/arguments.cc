#include "millet/cli/arguments.h"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <charconv>
#include <thread>

#include "millet/core/error.h"

namespace millet::cli {

// "RECIPE" stays, "out" becomes "--out": what the user would have to write.
static std::string shown(std::string_view name) {
  const bool positional = std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::islower(c) == 0; });
  return positional ? std::string(name) : fmt::format("--{}", name);
}

template <class T>
static T parse(std::string_view name, const std::string& text, std::string_view kind) {
  T value{};
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  require(error == std::errc() && end == last, "{} takes {}, not '{}'", shown(name), kind, text);
  return value;
}

const Arguments::Given& Arguments::at(std::string_view name) const {
  const auto found = given_.find(name);
  assert(found != given_.end() && "a verb asks for an argument that it does not declare");
  return found->second;
}

bool Arguments::has(std::string_view name) const {
  return at(name).by_user;
}

std::string Arguments::text(std::string_view name) const {
  const Given& given = at(name);
  require(!given.values.empty(), "{} is needed here: give it", shown(name));
  return given.values.front();
}

std::filesystem::path Arguments::path(std::string_view name) const {
  std::string given = text(name);
  require(!given.empty(), "{} is empty: give a path", shown(name));
  return given;
}

int64_t Arguments::integer(std::string_view name, int64_t least) const {
  const std::string given = text(name);
  const auto value = parse<int64_t>(name, given, "a whole number");
  require(value >= least, "{} is {}, it must be at least {}", shown(name), value, least);
  return value;
}

double Arguments::number(std::string_view name) const {
  return parse<double>(name, text(name), "a number");
}

const std::vector<std::string>& Arguments::all(std::string_view name) const {
  return at(name).values;
}

std::optional<std::filesystem::path> Arguments::out() const {
  if (at("out").values.empty()) return std::nullopt;
  return path("out");
}

std::optional<uint64_t> Arguments::seed() const {
  if (at("seed").values.empty()) return std::nullopt;
  return parse<uint64_t>("seed", text("seed"), "a whole number that is not negative");
}

int Arguments::threads() const {
  if (at("threads").values.empty()) return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int64_t asked = integer("threads", 1);
  require(asked <= 1024, "--threads is {}, it must be at most 1024", asked);
  return static_cast<int>(asked);
}

std::string Arguments::isa() const {
  return at("isa").values.empty() ? "" : text("isa");
}

}  // namespace millet::cli
