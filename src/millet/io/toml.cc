#include "millet/io/toml.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>

#include "millet/core/error.h"
#include "millet/io/file.h"

namespace millet::io {

namespace {

struct Leaf {
  std::string path;             // dotted
  const toml::node* node;       // its value
  toml::source_position where;  // of its key, for keys without a value of their own that of the value
};

// Walks the tables down to their values.
class Reader {
 public:
  Reader(std::string_view name, Fields& fields) : name_(name), fields_(fields) {}

  void read(const toml::table& root) {
    collect(root, "");
    // toml++ sorts the keys of a table: back to the order in which they were written.
    std::stable_sort(leaves_.begin(), leaves_.end(), [](const Leaf& a, const Leaf& b) {
      return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
    });
    for (const Leaf& leaf : leaves_) {
      try {
        fields_.set(leaf.path, value(leaf), fmt::format("{}:{}", name_, leaf.where.line));
      } catch (const Error& error) {
        throw error.within(place(leaf.where));
      }
    }
  }

 private:
  std::string place(const toml::source_position& where) const {
    return fmt::format("{}:{}:{}", name_, where.line, where.column);
  }

  void collect(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const toml::source_position where = key.source().begin;
      const std::string name(key.str());
      require(!name.empty() && name.find('.') == std::string::npos,
              "{}: the key '{}' holds a dot inside its quotes: dots part the names of tables here", place(where), name);
      const std::string path = prefix + name;
      const toml::table* inner = node.as_table();
      if (inner == nullptr) {
        leaves_.push_back({path, &node, where});
      } else if (!inner->empty()) {
        collect(*inner, path + ".");
      } else {
        require_known_section(path, where);
      }
    }
  }

  // A table without keys sets nothing; if its name is wrong nobody else would notice.
  void require_known_section(const std::string& path, const toml::source_position& where) const {
    std::vector<std::string> names;
    for (const Fields::Row& section : fields_.sections()) names.push_back(section.path);
    if (std::find(names.begin(), names.end(), path) != names.end()) return;
    const std::string near = nearest(path, names);
    if (near.empty()) fail("{}: unknown section '{}', and it has no keys", place(where), path);
    fail("{}: unknown section '{}': did you mean '{}'?", place(where), path, near);
  }

  static double number(const Leaf& leaf, const toml::node& node) {
    const double v =
        node.is_integer() ? static_cast<double>(node.as_integer()->get()) : node.as_floating_point()->get();
    require(!std::isnan(v), "key '{}' is NaN", leaf.path);
    return v;
  }

  static FieldValue value(const Leaf& leaf) {
    const toml::node& node = *leaf.node;
    switch (node.type()) {
      case toml::node_type::boolean:
        return node.as_boolean()->get();
      case toml::node_type::integer:
        return node.as_integer()->get();
      case toml::node_type::floating_point:
        return number(leaf, node);
      case toml::node_type::string:
        return node.as_string()->get();
      case toml::node_type::array:
        return list(leaf, *node.as_array());
      default:
        fail("key '{}' is a date or time: write it as a string", leaf.path);
    }
  }

  static FieldValue list(const Leaf& leaf, const toml::array& array) {
    std::vector<std::string> strings;
    std::vector<double> numbers;
    for (const toml::node& item : array) {
      if (item.is_string())
        strings.push_back(item.as_string()->get());
      else if (item.is_number())
        numbers.push_back(number(leaf, item));
      else
        fail("key '{}': a list holds strings or numbers, nothing else", leaf.path);
    }
    require(strings.empty() || numbers.empty(), "key '{}': a list holds strings or numbers, not both", leaf.path);
    if (!strings.empty()) return strings;
    return numbers;  // an empty one too: Fields takes it for either
  }

  std::string_view name_;
  Fields& fields_;
  std::vector<Leaf> leaves_;
};

}  // namespace

void read_toml_text(std::string_view text, std::string_view name, Fields& fields) {
  toml::table root;
  try {
    root = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    const toml::source_position where = error.source().begin;
    fail("{}:{}:{}: {}", name, where.line, where.column, error.description());
  }
  Reader(name, fields).read(root);
}

void read_toml(const std::filesystem::path& path, Fields& fields) {
  read_toml_text(read_file(path), path.string(), fields);
}

}  // namespace millet::io
