// What a verb was given on the command line, by name: a positional's as declared ("RECIPE"), an option's without its
// dashes ("out").
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millet::cli {

class Arguments {
 public:
  // All names that the verb declares, each with the values that were given or its default.
  struct Given {
    std::vector<std::string> values;
    bool by_user = false;
  };
  explicit Arguments(std::map<std::string, Given, std::less<>> given) : given_(std::move(given)) {}

  // By name. Throws Error where the value is absent or of another kind. Asking for an undeclared name is our mistake.
  bool has(std::string_view name) const;  // the user gave it; for a flag: it is on
  std::string text(std::string_view name) const;
  std::filesystem::path path(std::string_view name) const;
  int64_t integer(std::string_view name, int64_t least = INT64_MIN) const;  // refuses what is below `least`
  double number(std::string_view name) const;
  const std::vector<std::string>& all(std::string_view name) const;  // every value of a repeated option

  // The shared options of cli/command.h.
  const std::vector<std::string>& sets() const { return all("set"); }
  std::optional<std::filesystem::path> out() const;
  std::optional<uint64_t> seed() const;
  int threads() const;      // as asked, or as many as this process may run on
  std::string isa() const;  // for ops::make_device
  bool json() const { return has("json"); }
  bool quiet() const { return has("quiet"); }

 private:
  const Given& at(std::string_view name) const;

  std::map<std::string, Given, std::less<>> given_;
};

}  // namespace millet::cli
