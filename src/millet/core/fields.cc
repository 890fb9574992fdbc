#include "millet/core/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "millet/core/error.h"

namespace millet {

static std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        else
          out += c;
    }
  }
  return out + "\"";
}

static std::string number(double x) {
  std::string text = fmt::format("{}", x);  // shortest that reads back the same
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string to_string(const FieldValue& value) {
  struct Writer {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return number(v); }
    std::string operator()(const std::string& v) const { return quoted(v); }
    std::string operator()(const std::vector<std::string>& v) const {
      std::string out = "[";
      for (size_t i = 0; i < v.size(); ++i) out += (i ? ", " : "") + quoted(v[i]);
      return out + "]";
    }
    std::string operator()(const std::vector<double>& v) const {
      std::string out = "[";
      for (size_t i = 0; i < v.size(); ++i) out += (i ? ", " : "") + number(v[i]);
      return out + "]";
    }
  };
  return std::visit(Writer{}, value);
}

FieldValue Field::value() const {
  return std::visit([](auto* pointer) -> FieldValue { return *pointer; }, target);
}

std::string_view Field::type() const {
  static constexpr std::string_view names[] = {"bool", "int", "float", "string", "list of strings", "list of floats"};
  return names[target.index()];
}

void Fields::add(std::string_view name, Target target, std::string_view help, std::vector<std::string> choices) {
  Field f{.path = prefix_ + std::string(name),
          .help = std::string(help),
          .choices = std::move(choices),
          .target = target,
          .initial = {}};
  f.initial = f.value();
  fields_.push_back(std::move(f));
}

std::string Fields::enter(std::string_view name, std::string_view help) {
  std::string outer = prefix_;
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
  for (const Map& m : maps_) {
    if (!path.starts_with(m.base)) continue;
    const std::string_view rest = path.substr(m.base.size());
    const size_t dot = rest.find('.');
    if (dot == std::string_view::npos || dot == 0) continue;
    const std::string base = m.base;
    const auto expand = m.expand;  // a copy: expanding may grow maps_
    expand(std::string(rest.substr(0, dot)));
    if (const Field* known = find(path)) return const_cast<Field&>(*known);
  }
  std::vector<std::string> names;
  for (const Field& f : fields_) names.push_back(f.path);
  const std::string near = nearest(path, names);
  if (near.empty()) fail("unknown key '{}': `--help` lists the keys of a recipe", path);
  fail("unknown key '{}': did you mean '{}'?", path, near);
}

void Fields::set(std::string_view path, const FieldValue& value, std::string_view origin) {
  Field& field = at(path);
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
  require(assigned, "key '{}' takes a {}, not {}", path, field.type(), to_string(value));
  if (!field.choices.empty()) {
    const auto* text = std::get_if<std::string>(&value);
    if (text != nullptr && std::find(field.choices.begin(), field.choices.end(), *text) == field.choices.end()) {
      fail("key '{}' is \"{}\", it can be: {}", path, *text, fmt::join(field.choices, ", "));
    }
  }
  field.origin = std::string(origin);
}

static FieldValue read_number(std::string_view path, std::string_view text, bool whole) {
  if (whole) {
    int64_t v = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
    require(error == std::errc() && end == text.data() + text.size(), "key '{}' takes an int, not '{}'", path, text);
    return v;
  }
  double v = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
  require(error == std::errc() && end == text.data() + text.size(), "key '{}' takes a float, not '{}'", path, text);
  return v;
}

static std::vector<std::string> split_list(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  std::vector<std::string> items;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    std::string_view item = text.substr(0, comma);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (item.size() >= 2 && item.front() == '"' && item.back() == '"') item = item.substr(1, item.size() - 2);
    items.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

void Fields::set_text(std::string_view assignment, std::string_view origin) {
  const size_t equals = assignment.find('=');
  require(equals != std::string_view::npos && equals > 0, "'{}' is no assignment: write key=value, as in train.lr=3e-4",
          assignment);
  const std::string_view path = assignment.substr(0, equals);
  const std::string_view text = assignment.substr(equals + 1);
  const Field& field = at(path);
  FieldValue value;
  switch (field.target.index()) {
    case 0:
      require(text == "true" || text == "false", "key '{}' takes true or false, not '{}'", path, text);
      value = text == "true";
      break;
    case 1:
      value = read_number(path, text, true);
      break;
    case 2:
      value = read_number(path, text, false);
      break;
    case 3:
      value = std::string(text);
      break;
    case 4:
      value = split_list(text);
      break;
    default: {
      std::vector<double> numbers;
      for (const std::string& item : split_list(text))
        numbers.push_back(std::get<double>(read_number(path, item, false)));
      value = numbers;
    }
  }
  set(path, value, origin);
}

std::string Fields::resolved_toml() const {
  std::string out;
  std::string section = "\n";
  // Keys of the top level must come before the first [section].
  std::vector<const Field*> order;
  for (const Field& f : fields_) order.push_back(&f);
  auto section_of = [](const Field* f) {
    const size_t dot = f->path.rfind('.');
    return dot == std::string::npos ? std::string() : f->path.substr(0, dot);
  };
  std::vector<std::string> seen;
  for (const Field* f : order) {
    const std::string s = section_of(f);
    if (std::find(seen.begin(), seen.end(), s) == seen.end()) seen.push_back(s);
  }
  std::stable_sort(order.begin(), order.end(), [&](const Field* a, const Field* b) {
    const std::string sa = section_of(a), sb = section_of(b);
    if (sa == sb) return false;
    if (sa.empty() != sb.empty()) return sa.empty();
    return std::find(seen.begin(), seen.end(), sa) < std::find(seen.begin(), seen.end(), sb);
  });
  for (const Field* f : order) {
    const std::string s = section_of(f);
    if (s != section) {
      if (!s.empty()) out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", s);
      section = s;
    }
    const std::string name = s.empty() ? f->path : f->path.substr(s.size() + 1);
    out += fmt::format("{} = {}  # {}\n", name, to_string(f->value()), f->origin);
  }
  return out;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = std::max<size_t>(word.size() / 3, 2) + 1;
  for (const std::string& candidate : candidates) {
    std::vector<size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= word.size(); ++i) {
      size_t diagonal = row[0];
      row[0] = i;
      for (size_t j = 1; j <= candidate.size(); ++j) {
        const size_t replaced = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace millet
