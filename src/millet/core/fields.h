// Config fields: declared once, with default, unit and help; TOML, --set, help, docs and printing come from that.
//
//   struct Recipe {
//     int64_t steps = 2000;
//     Optimizer optimizer;
//     void fields(Fields& f) {
//       f("steps", steps, "optimizer steps", count_from(1));
//       f.section("optimizer", optimizer, "how weights move");
//     }
//   };
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "millet/core/bounds.h"
#include "millet/core/field_value.h"
#include "millet/core/nearest.h"

namespace millet {

struct Field {
  std::string path;                  // "train.optimizer.lr"
  std::string help;                  // one sentence, with the unit
  std::vector<std::string> choices;  // of a string, or of each string of a list; empty: any
  Bounds bounds;                     // of a number, or of each number of a list
  std::variant<bool*, int64_t*, double*, std::string*, std::vector<std::string>*, std::vector<double>*> target;
  FieldValue initial;              // its default
  std::string origin = "default";  // or where it was set: "recipe.toml:12", "--set"

  FieldValue value() const;
  std::string_view type() const;  // "bool", "int", "float", "string", "list of strings", "list of floats"
};

// Collects the fields of a config by walking its `fields(Fields&)`. Targets point into the config, which must outlive
// it and stay where it is. Two fields of one name are our own mistake: Error (own).
class Fields {
 public:
  Fields() = default;
  Fields(const Fields&) = delete;  // maps remember where it is
  Fields& operator=(const Fields&) = delete;

  template <class T>
  void operator()(std::string_view name, T& target, std::string_view help, std::vector<std::string> choices = {}) {
    add({.path = std::string(name), .help = std::string(help), .choices = std::move(choices), .target = &target});
  }
  template <class T>
  void operator()(std::string_view name, T& target, std::string_view help, const Bounds& bounds) {
    add({.path = std::string(name), .help = std::string(help), .bounds = bounds, .target = &target});
  }

  template <class Config>
  void section(std::string_view name, Config& config, std::string_view help) {
    const std::string outer = enter(name, help);
    config.fields(*this);
    prefix_ = outer;
  }

  // A table of named sections, made as they are mentioned: mix.<name>.share.
  template <class Config>
  void map(std::string_view name, std::map<std::string, Config>& configs, std::string_view help) {
    const std::string outer = enter(name, help);
    const std::string base = prefix_;
    auto expand = [this, base, &configs](const std::string& key) {
      const auto [at, is_new] = configs.try_emplace(key);
      if (!is_new) return;
      const std::string kept = prefix_;
      prefix_ = base + key + ".";
      at->second.fields(*this);
      prefix_ = kept;
    };
    for (auto& [key, config] : configs) {
      prefix_ = base + key + ".";
      config.fields(*this);
    }
    Config model;  // its field names, for help
    Fields inner;
    model.fields(inner);
    for (const Field& f : inner.all()) map_rows_.push_back({base + "<name>." + f.path, f.help, std::string(f.type())});
    for (const Row& row : inner.map_rows()) map_rows_.push_back({base + "<name>." + row.path, row.help, row.type});
    maps_.push_back({base, expand});
    prefix_ = outer;
  }

  // Sets one field. Throws Error for an unknown path (naming the nearest known one), a wrong type, a value that is none
  // of the choices or out of bounds.
  void set(std::string_view path, const FieldValue& value, std::string_view origin);

  // Sets one field from "key=value" text, reading value by the field's type (core/field_value.h). Throws Error.
  void set_text(std::string_view assignment, std::string_view origin);

  // Every value as it is now: Error for one that is none of its choices or out of bounds.
  void check() const;

  const std::vector<Field>& all() const { return fields_; }
  const Field* find(std::string_view path) const;

  // Help on every field: path, type, default, help.
  struct Row {
    std::string path, help, type;
  };
  const std::vector<Row>& map_rows() const { return map_rows_; }
  const std::vector<Row>& sections() const { return sections_; }

  // All fields with values and origins, as commented TOML: the resolved recipe.
  std::string resolved_toml() const;

 private:
  void add(Field field);
  std::string enter(std::string_view name, std::string_view help);
  void claim(const std::string& path) const;
  Field& at(std::string_view path);
  [[noreturn]] void refuse(std::string_view path) const;

  struct Map {
    std::string base;
    std::function<void(const std::string&)> expand;
  };
  std::string prefix_;
  std::vector<Field> fields_;
  std::vector<Map> maps_;
  std::vector<Row> map_rows_;
  std::vector<Row> sections_;
};

// Fields::check of one config, wherever its values come from; keys are named below `section` ("" = at the top).
template <class Config>
void check_fields(std::string_view section, Config config) {
  Fields fields;
  if (section.empty())
    config.fields(fields);
  else
    fields.section(section, config, "");
  fields.check();
}

}  // namespace millet
