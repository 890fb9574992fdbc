#include "millet/text/jinja/to_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "millet/text/jinja/print.h"
#include "millet/text/utf8.h"

namespace millet::text::jinja {
namespace {

class Writer {
 public:
  Writer(const JsonStyle& style, Budget& budget) : style_(style), budget_(budget) {}

  std::string write(const Value& value) {
    any(value, 0);
    return std::move(out_);
  }

 private:
  void any(const Value& value, int level) {
    const size_t before = out_.size();
    switch (value.kind()) {
      case Value::Kind::none:
        out_ += "null";
        break;
      case Value::Kind::boolean:
        out_ += value.boolean() ? "true" : "false";
        break;
      case Value::Kind::integer:
        out_ += std::to_string(value.integer());
        break;
      case Value::Kind::real:
        real(value.number());
        break;
      case Value::Kind::text:
        text(value.text());
        break;
      case Value::Kind::dict:
        dict(*value.dict(), level);
        break;
      case Value::Kind::list:
        if (value.is_list() || value.is_tuple()) {
          list(value.list()->items(), level);
          break;
        }
        [[fallthrough]];
      default:
        if (const LargeInteger* large = large_integer(value)) {
          out_ += large->digits();
          break;
        }
        fail("Object of type {} is not JSON serializable", value.type());
    }
    if (!value.is_dict() && value.list() == nullptr) budget_.make(out_.size() - before);
  }

  void real(double x) {
    if (std::isnan(x))
      out_ += "NaN";
    else if (std::isinf(x))
      out_ += x > 0 ? "Infinity" : "-Infinity";
    else
      out_ += repr(x);
  }

  void text(std::string_view text) {
    budget_.look(text.size() * 4);
    out_ += '"';
    const size_t begin = out_.size();
    const auto is_plain = [&](char c) {
      const bool shown = static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
      return shown && (!style_.ensure_ascii || static_cast<unsigned char>(c) < 0x7F);
    };
    for (size_t at = 0; at < text.size();) {
      size_t end = at;
      while (end < text.size() && is_plain(text[end])) ++end;
      out_ += text.substr(at, end - at);
      at = end;
      if (at == text.size()) break;
      if (at % 64 == 0) budget_.expect(out_.size() - begin);
      const Utf8Character c = utf8_at(text, at);
      switch (c.point) {
        case '"':
          out_ += "\\\"";
          break;
        case '\\':
          out_ += "\\\\";
          break;
        case '\n':
          out_ += "\\n";
          break;
        case '\r':
          out_ += "\\r";
          break;
        case '\t':
          out_ += "\\t";
          break;
        case '\b':
          out_ += "\\b";
          break;
        case '\f':
          out_ += "\\f";
          break;
        default:
          escape(c.point);
      }
      at += c.bytes;
    }
    out_ += '"';
  }

  void escape(char32_t point) {
    if (point >= 0x10000) {
      const auto offset = static_cast<uint32_t>(point) - 0x10000;
      out_ += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (offset >> 10), 0xDC00 + (offset & 0x3FF));
    } else {
      out_ += fmt::format("\\u{:04x}", static_cast<uint32_t>(point));
    }
  }

  void line(int level) {
    if (!style_.indent) return;
    budget_.make(style_.indent->size() * static_cast<size_t>(level));
    out_ += '\n';
    for (int i = 0; i < level; ++i) out_ += *style_.indent;
  }

  void separate(std::string_view separator) {
    budget_.make(separator.size());
    out_ += separator;
  }

  void list(const Values& items, int level) {
    out_ += '[';
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) separate(style_.item_separator);
      line(level + 1);
      any(items[i], level + 1);
    }
    if (!items.empty()) line(level);
    out_ += ']';
  }

  std::string key_of(const Value& key) {
    switch (key.kind()) {
      case Value::Kind::text:
        return key.text();
      case Value::Kind::none:
        return "null";
      case Value::Kind::boolean:
        return key.boolean() ? "true" : "false";
      case Value::Kind::integer:
        return std::to_string(key.integer());
      case Value::Kind::real:
        return repr(key.number());
      default:
        fail("keys must be str, int, float, bool or None, not {}", key.type());
    }
  }

  void dict(const Dict& dict, int level) {
    std::vector<const std::pair<Value, Value>*> entries;
    for (const auto& entry : dict.entries()) entries.push_back(&entry);
    if (style_.sort_keys) {
      std::stable_sort(entries.begin(), entries.end(),
                       [&](const auto* a, const auto* b) { return less(a->first, b->first, budget_); });
    }
    out_ += '{';
    for (size_t i = 0; i < entries.size(); ++i) {
      if (i > 0) separate(style_.item_separator);
      line(level + 1);
      const std::string key = key_of(entries[i]->first);
      budget_.make(key.size());
      text(key);
      separate(style_.key_separator);
      any(entries[i]->second, level + 1);
    }
    if (!entries.empty()) line(level);
    out_ += '}';
  }

  const JsonStyle& style_;
  Budget& budget_;
  std::string out_;
};

}  // namespace

std::string to_json(const Value& value, const JsonStyle& style, Budget& budget) {
  return Writer(style, budget).write(value);
}

}  // namespace millet::text::jinja
