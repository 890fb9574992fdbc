// JSON: one value type that remembers its order and knows its place, so that an error can name the key.
//
//   const Json config = read_json(dir / "config.json");
//   const double factor = config.at("rope_scaling").at("factor").as_double();
//   // Error: "config.json: rope_scaling.factor is a string, not a number"
//   const int64_t groups = config.int_or("n_group", 1);  // absent or null: 1
//   for (const auto& [key, value] : config.members()) …
//
//   Json line = Json::object({{"step", 3}, {"loss", 1.25}});
//   line["load"].append(0.5);
//   line.dump();  // {"step":3,"loss":1.25,"load":[0.5]}
//
// Objects keep the order of their keys. Integers and other numbers stay apart: 1 is an integer, 1.0 is not.
#pragma once

#include <fmt/core.h>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "millet/core/error.h"

namespace millet::io {

class Json {
 public:
  enum class Kind : uint8_t { null, boolean, integer, real, string, array, object };
  struct Member;  // {key, value}

  // Reads one value and nothing after it. At most 512 levels deep; duplicate keys, invalid UTF-8, numbers beyond double
  // and everything outside RFC 8259 are refused. Integers beyond int64 become doubles that keep their digits. Throws
  // Error "source:line:column: what". `line` > 0 says that the text is that line of a JSONL file.
  static Json parse(std::string_view text, std::string_view source = {}, int64_t line = 0);
  // The same of what others wrote by the million, read as Python's `json` reads it: of equal keys the last one counts.
  // Half a surrogate pair ("\ud800"), which is no character, is U+FFFD.
  static Json parse_leniently(std::string_view text, std::string_view source = {}, int64_t line = 0);

  // ---- making
  Json() = default;  // null
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Json(T value) : value_(integer(value)) {}
  Json(double value) : value_(Real{value, nullptr}) {}
  Json(float value) : Json(static_cast<double>(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  template <class T>
  Json(const T*) = delete;  // a pointer is no boolean

  static Json array(std::initializer_list<Json> items = {});
  static Json object(std::initializer_list<std::pair<std::string_view, Json>> members = {});
  template <class Range>
  static Json array_of(const Range& range) {
    Json out = array();
    for (const auto& item : range) out.append(Json(item));
    return out;
  }

  Json(const Json& other);  // deep; the copy starts a path of its own
  Json(Json&& other) noexcept;
  Json& operator=(Json other) noexcept;
  ~Json();

  // ---- looking
  Kind kind() const { return static_cast<Kind>(value_.index()); }
  bool is_null() const { return kind() == Kind::null; }
  bool is_bool() const { return kind() == Kind::boolean; }
  bool is_int() const { return kind() == Kind::integer; }
  bool is_number() const { return kind() == Kind::integer || kind() == Kind::real; }
  bool is_string() const { return kind() == Kind::string; }
  bool is_array() const { return kind() == Kind::array; }
  bool is_object() const { return kind() == Kind::object; }

  // Each throws Error naming the path, what stands there and what is needed.
  bool as_bool() const;
  int64_t as_int() const;    // an integer; 4.0 is none
  double as_double() const;  // any number
  // The digits of an integer beyond int64, which as_double() rounds and dump() writes. Null: any other value.
  const std::string* large_integer() const;
  const std::string& as_string() const;
  std::vector<int64_t> as_ints() const;
  std::vector<double> as_doubles() const;
  std::vector<std::string> as_strings() const;

  std::span<const Json> items() const;      // of an array
  std::span<const Member> members() const;  // of an object
  size_t size() const;                      // of an array or object

  const Json& at(std::string_view key) const;    // Error names the missing key, and the nearest one
  const Json& at(size_t index) const;            // Error names the index
  const Json* find(std::string_view key) const;  // null pointer: this is no object or has no such key
  bool contains(std::string_view key) const { return find(key) != nullptr; }

  // The member's value, or `fallback` where it is absent or null (Hugging Face's None).
  bool bool_or(std::string_view key, bool fallback) const;
  int64_t int_or(std::string_view key, int64_t fallback) const;
  double double_or(std::string_view key, double fallback) const;
  std::string string_or(std::string_view key, std::string_view fallback) const;

  // "messages[2].content"; "" at the root.
  std::string path() const;
  // The path behind the name of the file it was read from: "config.json: rope_scaling.factor".
  std::string place() const;
  std::string source() const;  // the file it was read from, empty: none
  // Refuses this value: Error "<place> <text>", as in value.refuse("must be positive, is {}", n).
  template <class... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> text, Args&&... args) const {
    fail("{} {}", place(), fmt::format(text, std::forward<Args>(args)...));
  }

  // ---- changing
  Json& operator[](std::string_view key);  // adds a null where the key is new; null becomes an object
  Json& operator[](size_t index);
  Json& append(Json item);  // to an array; null becomes one. Returns the item in its place
  bool erase(std::string_view key);

  // ---- writing
  // The shortest digits that read back the same. Throws Error naming the path: NaN, infinity, strings that are not
  // UTF-8.
  std::string dump() const;    // one line, no spaces
  std::string pretty() const;  // two spaces a level, a line break at the end

  // The same kind and value; members in any order.
  friend bool operator==(const Json& a, const Json& b);

 private:
  struct Items;
  struct Table;

  template <class T>
  static int64_t integer(T value) {
    require(std::in_range<int64_t>(value), "{} does not fit into an integer of JSON (int64)", value);
    return static_cast<int64_t>(value);
  }
  void adopt() noexcept;  // makes this the parent of its children
  Table& table();
  void set_source(std::string source);

  friend class JsonReader;
  struct Delete {  // Items and Table are known to the .cc alone
    void operator()(Items*) const noexcept;
    void operator()(Table*) const noexcept;
  };
  using ItemsOwner = std::unique_ptr<Items, Delete>;
  using TableOwner = std::unique_ptr<Table, Delete>;
  struct Real {
    double value;
    std::unique_ptr<const std::string> digits;  // null: not of a large integer
    friend bool operator==(const Real& a, const Real& b) {
      return a.value == b.value && (a.digits ? b.digits && *a.digits == *b.digits : !b.digits);
    }
  };
  std::variant<std::nullptr_t, bool, int64_t, Real, std::string, ItemsOwner, TableOwner> value_;
  const Json* parent_ = nullptr;  // the array or object that holds this; kept right by every move
};

struct Json::Member {
  std::string key;
  Json value;
};

// "an integer", "an object", …
std::string_view name_of(Json::Kind kind);

// Reads a file of one value. Throws Error: no such file, or "path:line:column: what".
Json read_json(const std::filesystem::path& path);

}  // namespace millet::io
