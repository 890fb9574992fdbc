#include "millet/text/jinja/globals.h"

#include <ctime>
#include <iterator>

#include "millet/text/jinja/evaluator.h"
#include "millet/text/jinja/methods.h"
#include "millet/text/jinja/parameters.h"
#include "millet/text/jinja/print.h"

namespace millet::text::jinja {
namespace {

constexpr int64_t kMaxRange = 100'000;  // as Jinja's sandbox has it

Value range(Evaluator& e, Arguments&& arguments) {
  const Bound a("range", {{"start", "stop", "step"}, 1}, std::move(arguments));
  const int64_t start = a.has(1) ? a.integer_or(0, 0) : 0;
  const int64_t stop = a.has(1) ? a.integer_or(1, 0) : a.integer_or(0, 0);
  const int64_t step = a.integer_or(2, 1);
  require(step != 0, "range() arg 3 must not be zero");
  Values items;
  for (int64_t at = start; step > 0 ? at < stop : at > stop;) {
    require(static_cast<int64_t>(items.size()) < kMaxRange, "a range of more than {} items", kMaxRange);
    e.budget().make(sizeof(Value));
    items.emplace_back(at);
    if (__builtin_add_overflow(at, step, &at)) break;
  }
  auto list = std::make_shared<List>(List::Kind::range, std::move(items));
  list->bounds = {start, stop, step};
  return Value(std::shared_ptr<const List>(std::move(list)));
}

Dict dict_of(Evaluator& e, Arguments&& arguments) {
  require(arguments.positional.size() <= 1, "dict expected at most 1 argument, got {}", arguments.positional.size());
  Dict out;
  auto set = [&](Value key, Value value) {
    e.budget().make(kEntryBytes + key_size(key));
    out.set(std::move(key), std::move(value));
  };
  if (!arguments.positional.empty()) {
    const Value& from = arguments.positional[0];
    require_defined(from);
    if (from.is_dict()) {
      for (const auto& [key, value] : from.dict()->entries()) set(key, value);
    } else {
      for (const Value& pair : items_of(from, e.budget())) {
        Values two = items_of(pair, e.budget());
        require(two.size() == 2, "dict() wants pairs, got {} items", two.size());
        set(std::move(two[0]), std::move(two[1]));
      }
    }
  }
  for (auto& [key, value] : arguments.keywords) set(Value(key), std::move(value));
  return out;
}

Value make_dict(Evaluator& e, Arguments&& arguments) {
  return Dict::make(dict_of(e, std::move(arguments)));
}

// `dict` as `transformers` has it: it is called, and has `fromkeys`.
class DictFunction final : public Object {
 public:
  std::string_view type() const override { return "TemplateDict"; }
  std::string repr(Budget&) const override { return "<TemplateDict object>"; }
  bool callable() const override { return true; }
  Value call(Evaluator& e, Arguments&& arguments) override { return make_dict(e, std::move(arguments)); }
  std::unique_ptr<Value> attribute(Evaluator&, std::string_view name) override {
    return name == "fromkeys" ? builtin_attribute(Dict::make({}), name) : nullptr;
  }
};

Value raise_exception(Evaluator& e, Arguments&& arguments) {
  const Bound a("raise_exception", {{"message"}, 1}, std::move(arguments));
  const std::string message = str(a[0], e.budget());
  fail("{}", beginning_of(message));
}

Value strftime_now(Evaluator& e, Arguments&& arguments) {
  const Bound a("strftime_now", {{"format"}, 1}, std::move(arguments));
  std::string format;
  const std::string& given = a.text(0);
  for (size_t i = 0; i < given.size(); ++i) {
    const bool pair = given[i] == '%' && i + 1 < given.size();
    // NOTE: Python's moment has no time zone, so %z and %Z are empty.
    if (!pair || (given[i + 1] != 'z' && given[i + 1] != 'Z')) format += given.substr(i, pair ? 2 : 1);
    if (pair) ++i;
  }
  require(format.find('\0') == std::string::npos, "strftime_now: the format holds a NUL");
  if (format.empty()) return {""};
  std::string out(format.size() * 4 + 256, '\0');
  const size_t size = std::strftime(out.data(), out.size(), (format + "!").c_str(), &e.now());
  require(size > 0, "strftime_now: '{}' gives too long a text", format);
  out.resize(size - 1);  // without the mark that tells an empty text from a failure
  return {out};
}

class Cycler final : public Object {
 public:
  explicit Cycler(Values items) : depth_(List(List::Kind::tuple, items).depth()), items_(std::move(items)) {}
  std::string_view type() const override { return "Cycler"; }
  std::string repr(Budget&) const override { return "<Cycler>"; }
  int depth() const override { return depth_; }
  std::unique_ptr<Value> attribute(Evaluator& e, std::string_view name) override;
  const Value& current() const { return items_[at_]; }
  Value next() {
    const Value out = current();
    at_ = (at_ + 1) % items_.size();
    return out;
  }
  void reset() { at_ = 0; }
  void remember(const std::shared_ptr<Cycler>& self) { self_ = self; }

 private:
  int depth_;
  Values items_;
  size_t at_ = 0;
  std::weak_ptr<Cycler> self_;  // for the methods that it hands out
};

std::unique_ptr<Value> Cycler::attribute(Evaluator&, std::string_view name) {
  if (name == "current") return std::make_unique<Value>(current());
  if (name != "next" && name != "reset") return nullptr;
  auto call = [self = self_.lock(), forward = name == "next"](Evaluator&, Arguments&&) {
    if (forward) return self->next();
    self->reset();
    return Value::none();
  };
  return std::make_unique<Value>(
      std::shared_ptr<Object>(std::make_shared<Function>(std::string(name), call, depth_ + 1)));
}

Value cycler(Evaluator&, Arguments&& arguments) {
  require(!arguments.positional.empty() && arguments.keywords.empty(), "at least one item has to be provided");
  auto out = std::make_shared<Cycler>(std::move(arguments.positional));
  out->remember(out);
  return Value(std::shared_ptr<Object>(std::move(out)));
}

Value joiner(Evaluator&, Arguments&& arguments) {
  const Bound a("joiner", {{"sep"}}, std::move(arguments));
  require(!a.has(0) || a[0].is_text(), "joiner: the separator must be a str, is {}", a[0].type());
  auto call = [separator = a.has(0) ? a[0] : Value(", "), used = false](Evaluator&, Arguments&&) mutable {
    return std::exchange(used, true) ? separator : Value("");
  };
  return Value(std::shared_ptr<Object>(std::make_shared<Function>("joiner", std::move(call))));
}

Value lipsum(Evaluator&, Arguments&&) {
  fail("lipsum is not supported: its text is drawn at random");
}

struct Global {
  std::string_view name;
  Value (*call)(Evaluator&, Arguments&&);
};
constexpr Global kGlobals[] = {
    {"cycler", cycler},
    {"joiner", joiner},
    {"lipsum", lipsum},
    {"namespace", [](Evaluator& e, Arguments&& a) { return e.make_namespace(std::move(a)); }},
    {"raise_exception", raise_exception},
    {"range", range},
    {"strftime_now", strftime_now},
};

}  // namespace

Value global(std::string_view name) {
  if (name == "dict") return Value(std::shared_ptr<Object>(std::make_shared<DictFunction>()));
  for (const Global& row : kGlobals) {
    if (row.name == name)
      return Value(std::shared_ptr<Object>(std::make_shared<Function>(std::string(name), row.call)));
  }
  return {};
}

Value Evaluator::make_namespace(Arguments&& arguments) {
  auto out = std::make_shared<Namespace>();
  const Dict attributes = dict_of(*this, std::move(arguments));
  for (const auto& [key, value] : attributes.entries()) {
    budget_.make(kEntryBytes + key_size(key));
    out->set(key, value);
  }
  budget_.make(256);
  namespaces_.push_back(out);
  return Value(std::shared_ptr<Object>(std::move(out)));
}

}  // namespace millet::text::jinja
