#include "millet/core/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "millet/core/error.h"
#include "millet/core/nearest.h"

namespace millet {

FieldValue Field::value() const {
  return std::visit([](auto* pointer) -> FieldValue { return *pointer; }, target);
}

std::string_view Field::type() const {
  return type_name(target.index());
}

void Fields::claim(const std::string& path) const {
  const auto is_path = [&path](const auto& known) { return known.path == path; };
  if (std::any_of(fields_.begin(), fields_.end(), is_path) || std::any_of(sections_.begin(), sections_.end(), is_path))
    fail_own("config: '{}' is declared twice", path);
}

void Fields::add(Field field) {
  field.path = prefix_ + field.path;
  claim(field.path);
  field.initial = field.value();
  fields_.push_back(std::move(field));
}

std::string Fields::enter(std::string_view name, std::string_view help) {
  std::string outer = prefix_;
  claim(prefix_ + std::string(name));
  sections_.push_back({prefix_ + std::string(name), std::string(help), "section"});
  prefix_ += std::string(name) + ".";
  return outer;
}

const Field* Fields::find(std::string_view path) const {
  for (const Field& f : fields_) {
    if (f.path == path) return &f;
  }
  return nullptr;
}

Field& Fields::at(std::string_view path) {
  if (const Field* known = find(path)) return const_cast<Field&>(*known);
  for (size_t i = 0; i < maps_.size(); ++i) {  // by index: making a section may add the maps inside it, at the end
    const Map map = maps_[i];
    if (!path.starts_with(map.base)) continue;
    const std::string_view rest = path.substr(map.base.size());
    const size_t dot = rest.find('.');
    if (dot == std::string_view::npos || dot == 0) continue;
    map.expand(std::string(rest.substr(0, dot)));
    if (const Field* known = find(path)) return const_cast<Field&>(*known);
  }
  refuse(path);
}

static std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  for (size_t dot; (dot = path.find('.')) != std::string_view::npos; path.remove_prefix(dot + 1))
    parts.emplace_back(path.substr(0, dot));
  parts.emplace_back(path);
  return parts;
}

void Fields::refuse(std::string_view path) const {
  std::vector<std::string> names;
  for (const Field& f : fields_) {
    if (f.path.starts_with(path) && f.path.substr(path.size()).starts_with("."))
      fail("key '{}' is a section: set one of its keys, as '{}'", path, f.path);
    names.push_back(f.path);
  }
  // The keys of a map under the user's own name: "mix.<name>.share" as "mix.chain.share".
  const std::vector<std::string> parts = parts_of(path);
  for (const Row& row : map_rows_) {
    std::vector<std::string> named = parts_of(row.path);
    for (size_t i = 0; i < std::min(named.size(), parts.size()); ++i) {
      if (named[i] == "<name>") named[i] = parts[i];
    }
    names.push_back(fmt::format("{}", fmt::join(named, ".")));
  }
  const std::string near = nearest(path, names);
  if (near.empty()) fail("unknown key '{}': `--help` lists the keys of a recipe", path);
  fail("unknown key '{}': did you mean '{}'?", path, near);
}

static void require_choice(const Field& field, const std::string& text) {
  require(field.choices.empty() || std::find(field.choices.begin(), field.choices.end(), text) != field.choices.end(),
          "key '{}' is \"{}\", it can be: {}", field.path, text, fmt::join(field.choices, ", "));
}

static void require_in_bounds(const Field& field, double number, const std::string& text) {
  require(field.bounds.hold(number), "key '{}' is {}, it must be {}", field.path, text, field.bounds.text());
}

static void require_allowed(const Field& field, const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) require_choice(field, *text);
  if (const auto* whole = std::get_if<int64_t>(&value))
    require_in_bounds(field, static_cast<double>(*whole), to_string(value));
  if (const auto* number = std::get_if<double>(&value)) require_in_bounds(field, *number, to_string(value));
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& text : *texts) require_choice(field, text);
  }
  if (const auto* numbers = std::get_if<std::vector<double>>(&value)) {
    for (const double number : *numbers) require_in_bounds(field, number, to_string(number));
  }
}

void Fields::check() const {
  for (const Field& f : fields_) require_allowed(f, f.value());
}

void Fields::set(std::string_view path, const FieldValue& value, std::string_view origin) {
  Field& field = at(path);
  require_allowed(field, value);
  const bool assigned = std::visit(
      [&value]<class T>(T* target) {
        if (const T* same = std::get_if<T>(&value)) {
          *target = *same;
          return true;
        }
        if constexpr (std::is_same_v<T, double>) {
          if (const auto* whole = std::get_if<int64_t>(&value)) {
            *target = static_cast<double>(*whole);
            return true;
          }
        }
        if constexpr (std::is_same_v<T, std::vector<std::string>>) {  // an empty TOML array has no element type
          const auto* none = std::get_if<std::vector<double>>(&value);
          if (none != nullptr && none->empty()) {
            target->clear();
            return true;
          }
        }
        return false;
      },
      field.target);
  require(assigned, "key '{}' takes {}, not {}", path, field.type(), to_string(value));
  field.origin = std::string(origin);
}

void Fields::set_text(std::string_view assignment, std::string_view origin) {
  const size_t equals = assignment.find('=');
  require(equals != std::string_view::npos && equals > 0, "'{}' is no assignment: write key=value, as in seed=2",
          assignment);
  const std::string_view path = assignment.substr(0, equals);
  const std::string_view text = assignment.substr(equals + 1);
  set(path, read_field_value(path, at(path).target.index(), text), origin);
}

// A part of a key as TOML wants it: bare where it can be.
static std::string toml_key(std::string_view part) {
  const bool bare = !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return bare ? std::string(part) : toml_quoted(part);
}

static std::string section_of(const Field& f) {
  const size_t dot = f.path.rfind('.');
  return dot == std::string::npos ? std::string() : f.path.substr(0, dot);
}

std::string Fields::resolved_toml() const {
  std::vector<std::string> sections = {""};  // in order of appearance; keys of the top level stand before any [section]
  for (const Field& f : fields_) {
    const std::string section = section_of(f);
    if (std::find(sections.begin(), sections.end(), section) == sections.end()) sections.push_back(section);
  }
  std::string out;
  for (const std::string& section : sections) {
    if (!section.empty()) {
      std::vector<std::string> keys;
      for (const std::string& part : parts_of(section)) keys.push_back(toml_key(part));
      out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", fmt::join(keys, "."));
    }
    for (const Field& f : fields_) {
      if (section_of(f) != section) continue;
      std::string origin = f.origin;  // a comment ends with its line
      std::replace_if(
          origin.begin(), origin.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
      out += fmt::format("{} = {}  # {}\n", toml_key(parts_of(f.path).back()), to_string(f.value()), origin);
    }
  }
  return out;
}

}  // namespace millet
