// Filters of lists, dicts and whatever else has items.
#include <algorithm>
#include <charconv>
#include <functional>
#include <string>
#include <utility>

#include "millet/text/jinja/evaluator.h"
#include "millet/text/jinja/filters.h"
#include "millet/text/jinja/methods.h"
#include "millet/text/jinja/operators.h"
#include "millet/text/jinja/print.h"
#include "millet/text/jinja/tests.h"
#include "millet/text/jinja/text.h"

namespace millet::text::jinja {
namespace {

Value generator(Iterator next, const Value& source) {
  return Value(std::shared_ptr<Object>(std::make_shared<Generator>(std::move(next), source.depth() + 1)));
}

Value folded(const Value& value, bool case_sensitive, Budget& budget) {
  if (case_sensitive || !value.is_text()) return value;
  budget.read(value.text().size());
  budget.make(value.text().size());
  return {lower(value.text())};
}

// "a.b.0": what an attribute names, part by part.
Values attribute_parts(const Value& attribute, Budget& budget) {
  if (attribute.is_missing() || attribute.is_none()) return {};
  if (!attribute.is_text()) return {attribute};
  Values out;
  for (const std::string_view part : split(attribute.text(), ".", -1, false, budget)) {
    int64_t number = 0;
    const auto [rest, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    const bool digits = error == std::errc() && rest == part.data() + part.size() && part[0] != '-';
    out.push_back(digits ? Value(number) : Value(std::string(part)));
  }
  return out;
}

struct Getter {
  Getter(Evaluator& e, const Value& attribute, bool case_sensitive, Value otherwise = {})
      : parts(attribute_parts(attribute, e.budget())),
        case_sensitive(case_sensitive),
        otherwise(std::move(otherwise)) {}

  Value operator()(Evaluator& e, Value item) const {
    for (const Value& part : parts) {
      item = e.item(item, part);
      if (item.is_undefined() && !otherwise.is_missing() && !otherwise.is_none()) item = otherwise;
    }
    return folded(item, case_sensitive, e.budget());
  }

  Values parts;
  bool case_sensitive;
  Value otherwise;
};

// Stable, by keys; from the highest down where `reverse`, equal ones still in their order.
Values sorted(Values items, const Values& keys, bool reverse, Budget& budget) {
  budget.make(items.size() * (sizeof(Value) + sizeof(size_t)));
  std::vector<size_t> order(items.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return reverse ? less(keys[b], keys[a], budget) : less(keys[a], keys[b], budget);
  });
  Values out;
  out.reserve(items.size());
  for (const size_t i : order) out.push_back(std::move(items[i]));
  return out;
}

// Python takes an int there, and no other truth.
bool is_reversed(const Bound& a, size_t i) {
  return a.integer_or(i, 0) != 0;
}

template <bool largest>
Value extreme(Evaluator& e, const Value& subject, const Bound& a) {
  const Getter key(e, a[1], a.truth_or(0, false));
  const Values items = items_of(subject, e.budget());
  if (items.empty()) return Value::undefined("No aggregated item, sequence was empty.");
  size_t best = 0;
  Value best_key = key(e, items[0]);
  for (size_t i = 1; i < items.size(); ++i) {
    Value other = key(e, items[i]);
    if (largest ? less(best_key, other, e.budget()) : less(other, best_key, e.budget())) {
      best = i;
      best_key = std::move(other);
    }
  }
  return items[best];
}

}  // namespace

Value filter_attr(Evaluator& e, const Value& subject, const Bound& a) {
  require_defined(subject);
  const std::string& name = a.text(0);
  if (subject.object() != nullptr) return e.attribute(subject, name);
  if (auto value = builtin_attribute(subject, name)) return *value;
  return Value::undefined(
      fmt::format("'{} object' has no attribute {}", subject.type(), in_quotes(beginning_of(name))));
}

Value filter_batch(Evaluator& e, const Value& subject, const Bound& a) {
  const int64_t size = a.integer_or(0, 0);
  Values out, batch;
  for (const Value& item : items_of(subject, e.budget())) {
    if (static_cast<int64_t>(batch.size()) == size) {
      out.push_back(List::make(std::move(batch)));
      batch = {};
    }
    batch.push_back(item);
  }
  if (!batch.empty()) {
    if (a.is_set(1) && static_cast<int64_t>(batch.size()) < size) {
      e.budget().make(static_cast<size_t>(size) * sizeof(Value));
      batch.resize(static_cast<size_t>(size), a[1]);
    }
    out.push_back(List::make(std::move(batch)));
  }
  const Value list = List::make(std::move(out));
  return generator(iterate(list), list);
}

Value filter_slice(Evaluator& e, const Value& subject, const Bound& a) {
  const int64_t slices = a.integer_or(0, 0);
  require(slices != 0, "integer division or modulo by zero");
  const Values items = items_of(subject, e.budget());
  const auto size = static_cast<int64_t>(items.size());
  Values out;
  int64_t at = 0;
  for (int64_t i = 0; i < slices; ++i) {
    e.budget().make(sizeof(Value));
    const bool extra = i < size % slices;
    const int64_t end = at + size / slices + (extra ? 1 : 0);
    Values slice(items.begin() + at, items.begin() + end);
    if (a.is_set(1) && !extra) slice.push_back(a[1]);
    out.push_back(List::make(std::move(slice)));
    at = end;
  }
  const Value list = List::make(std::move(out));
  return generator(iterate(list), list);
}

Value filter_default(Evaluator&, const Value& subject, const Bound& a) {
  const bool missing = subject.is_undefined() || (a.truth_or(1, false) && !truth(subject));
  if (!missing) return subject;
  return a.has(0) ? a[0] : Value("");
}

Value filter_dictsort(Evaluator& e, const Value& subject, const Bound& a) {
  require_defined(subject);
  require(subject.is_dict(), "dictsort wants a dict, not {}", subject.type());
  const std::string by = a.has(1) ? a.text(1) : "key";
  require(by == "key" || by == "value", "You can only sort by either \"key\" or \"value\"");
  Values items, keys;
  e.budget().make(subject.dict()->size() * sizeof(Value) * 4);
  for (const auto& [key, value] : subject.dict()->entries()) {
    items.push_back(List::tuple({key, value}));
    keys.push_back(folded(by == "key" ? key : value, a.truth_or(0, false), e.budget()));
  }
  return List::make(sorted(std::move(items), keys, is_reversed(a, 2), e.budget()));
}

Value filter_first(Evaluator&, const Value& subject, const Bound&) {
  Value item;
  return iterate(subject)(item) ? item : Value::undefined("No first item, sequence was empty.");
}

Value filter_last(Evaluator& e, const Value& subject, const Bound&) {
  require(subject.object() == nullptr, "'{}' object is not reversible", subject.type());
  if (subject.is_text()) {
    const auto last = item(subject, Value(int64_t{-1}), e.budget());
    return last == nullptr ? Value::undefined("No last item, sequence was empty.") : Value(last->text());
  }
  const Values items = items_of(subject, e.budget());
  return items.empty() ? Value::undefined("No last item, sequence was empty.") : items.back();
}

Value filter_groupby(Evaluator& e, const Value& subject, const Bound& a) {
  const bool case_sensitive = a.truth_or(2, false);
  const Getter key(e, a[0], case_sensitive, a[1]), shown(e, a[0], true, a[1]);
  Values items = items_of(subject, e.budget()), keys;
  for (const Value& item : items) keys.push_back(key(e, item));
  items = sorted(std::move(items), keys, false, e.budget());
  Values out, group;
  Value group_key;
  auto flush = [&] {
    if (group.empty()) return;
    Value name = shown(e, group[0]);
    out.push_back(List::make({std::move(name), List::make(std::move(group))}, List::Kind::group));
    group = {};
  };
  for (const Value& item : items) {
    Value own = key(e, item);
    if (group.empty() || !equal(own, group_key, e.budget())) {
      flush();
      group_key = std::move(own);
    }
    group.push_back(item);
  }
  flush();
  return List::make(std::move(out));
}

Value filter_items(Evaluator& e, const Value& subject, const Bound&) {
  return generator(
      [&e, subject, at = size_t{0}](Value& out) mutable {
        if (subject.is_undefined()) return false;
        require(subject.is_dict(), "Can only get item pairs from a mapping.");
        const auto& entries = subject.dict()->entries();
        if (at >= entries.size()) return false;
        e.budget().make(2 * sizeof(Value));
        out = List::tuple({entries[at].first, entries[at].second});
        ++at;
        return true;
      },
      subject);
}

// Under autoescape one part of Markup, or such a separator, makes the rest so.
static Value joined_safely(Evaluator& e, const Value& subject, const Value& separator, const Getter& attribute) {
  Values parts;
  bool safe = separator.is_safe();
  Value item;
  for (const Iterator next = iterate(subject); next(item);) {
    parts.push_back(soft_str(attribute(e, item), e.budget()));
    e.budget().make(sizeof(Value));
    safe = safe || parts.back().is_safe();
  }
  auto text = [&](const Value& value) { return safe ? escaped(value, e.budget()).text() : str(value, e.budget()); };
  const std::string between = text(separator);
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::string part = text(parts[i]);
    e.budget().make(part.size() + between.size());
    if (i > 0) out += between;
    out += part;
  }
  return {std::move(out), safe};
}

Value filter_join(Evaluator& e, const Value& subject, const Bound& a) {
  const Getter attribute(e, a[1], true);
  if (e.autoescape()) return joined_safely(e, subject, a.has(0) ? a[0] : Value(""), attribute);
  const std::string between = a.has(0) ? str(a[0], e.budget()) : "";
  std::string out;
  Value item;
  bool first = true;
  for (const Iterator next = iterate(subject); next(item);) {
    const std::string part = str(attribute(e, item), e.budget());
    e.budget().make(part.size() + between.size());
    if (!std::exchange(first, false)) out += between;
    out += part;
  }
  return {std::move(out)};
}

Value filter_length(Evaluator& e, const Value& subject, const Bound&) {
  if (subject.is_text()) e.budget().look(subject.text().size());
  if (subject.object() != nullptr && subject.type() == "LoopContext") return e.attribute(subject, "length");
  return {length(subject)};
}

Value filter_list(Evaluator& e, const Value& subject, const Bound&) {
  return List::make(items_of(subject, e.budget()));
}

Value filter_max(Evaluator& e, const Value& subject, const Bound& a) {
  return extreme<true>(e, subject, a);
}
Value filter_min(Evaluator& e, const Value& subject, const Bound& a) {
  return extreme<false>(e, subject, a);
}

// What is drawn from one item is known; from several it would differ from one rendering to the next.
Value filter_random(Evaluator& e, const Value& subject, const Bound&) {
  const int64_t choices = length(subject);
  if (choices == 0) return Value::undefined("No random item, sequence was empty.");
  require(choices == 1,
          "the filter 'random' would draw one of {} items: a prompt is the same each time, so choose without it",
          choices);
  if (const Dict* dict = subject.dict()) {
    const Value* value = dict->find(Value(int64_t{0}));
    require(value != nullptr, "KeyError: 0");
    return *value;
  }
  return e.item(subject, Value(int64_t{0}));
}

Value filter_reverse(Evaluator& e, const Value& subject, const Bound&) {
  if (subject.is_text()) return slice(subject, {}, {}, Value(int64_t{-1}), e.budget());
  require(is_iterable(subject), "argument must be iterable");
  Values items = items_of(subject, e.budget());
  std::reverse(items.begin(), items.end());
  const Value list = List::make(std::move(items));
  return subject.object() != nullptr ? list : generator(iterate(list), list);
}

Value filter_sort(Evaluator& e, const Value& subject, const Bound& a) {
  const bool case_sensitive = a.truth_or(1, false);
  std::vector<Getter> getters;
  if (a[2].is_text()) {
    for (const std::string_view name : split(a[2].text(), ",", -1, false, e.budget()))
      getters.emplace_back(e, Value(name), case_sensitive);
  } else {
    getters.emplace_back(e, a[2], case_sensitive);
  }
  Values items = items_of(subject, e.budget()), keys;
  for (const Value& item : items) {
    Values key;
    e.budget().make(getters.size() * sizeof(Value));
    for (const Getter& getter : getters) key.push_back(getter(e, item));
    keys.push_back(List::make(std::move(key)));
  }
  return List::make(sorted(std::move(items), keys, is_reversed(a, 0), e.budget()));
}

Value filter_sum(Evaluator& e, const Value& subject, const Bound& a) {
  const Getter attribute(e, a[0], true);
  Value out = a.has(1) ? a[1] : Value(int64_t{0});
  require(!out.is_text(), "sum() can't sum strings [use ''.join(seq) instead]");
  Value item;
  for (const Iterator next = iterate(subject); next(item);) {
    e.budget().step();
    out = arithmetic("+", out, attribute(e, item), e.budget());
  }
  return out;
}

Value filter_unique(Evaluator& e, const Value& subject, const Bound& a) {
  const Getter key(e, a[1], a.truth_or(0, false));
  Dict seen;
  Values out;
  for (const Value& item : items_of(subject, e.budget())) {
    const size_t before = seen.size();
    Value own = key(e, item);
    e.budget().make(kEntryBytes + key_size(own));
    seen.set(std::move(own), Value::none());
    if (seen.size() > before) out.push_back(item);
  }
  const Value list = List::make(std::move(out));
  return generator(iterate(list), list);
}

// ---- one at a time

using Change = std::function<Value(const Value&)>;

static Change change_of(Evaluator& e, Arguments&& arguments) {
  if (arguments.positional.empty() && !arguments.keywords.empty()) {
    const Bound a("map", {{"attribute", "default"}, 1}, std::move(arguments));
    return [&e, getter = Getter(e, a[0], true, a[1])](const Value& item) { return getter(e, item); };
  }
  require(!arguments.positional.empty(), "map requires a filter argument");
  require(arguments.positional[0].is_text(), "map wants the name of a filter");
  const std::string name = arguments.positional[0].text();
  require(is_filter(name), "there is no filter '{}'", name);
  arguments.positional.erase(arguments.positional.begin());
  return [&e, name, arguments](const Value& item) { return filter(e, name, item, Arguments(arguments)); };
}

// Its arguments are looked at when the first item is wanted, and only if there is something to iterate.
Value filter_map(Evaluator& e, const Value& subject, Arguments&& arguments) {
  return generator(
      [&e, subject, arguments = std::move(arguments), change = Change(), source = Iterator()](Value& out) mutable {
        if (!truth(subject)) return false;
        const Budget::Level level(e.budget());
        e.budget().step();
        if (!change) change = change_of(e, std::move(arguments));
        if (!source) source = iterate(subject);
        Value item;
        if (!source(item)) return false;
        out = change(item);
        return true;
      },
      subject);
}

using Choice = std::function<bool(const Value&)>;

static Choice choice_of(Evaluator& e, Arguments&& arguments, bool by_attribute) {
  Value attribute;
  if (by_attribute) {
    require(!arguments.positional.empty(), "Missing parameter for attribute name");
    attribute = arguments.positional[0];
    arguments.positional.erase(arguments.positional.begin());
  }
  const Getter getter(e, attribute, true);
  if (arguments.positional.empty()) return [&e, getter](const Value& item) { return truth(getter(e, item)); };
  require(arguments.positional[0].is_text(), "select and reject want the name of a test");
  const std::string name = arguments.positional[0].text();
  require(is_test(name), "there is no test '{}'", name);
  arguments.positional.erase(arguments.positional.begin());
  return
      [&e, getter, name, arguments](const Value& item) { return test(e, name, getter(e, item), Arguments(arguments)); };
}

static Value chosen(Evaluator& e, const Value& subject, Arguments&& arguments, bool by_attribute, bool wanted) {
  return generator(
      [&e, subject, arguments = std::move(arguments), by_attribute, wanted, choice = Choice(),
       source = Iterator()](Value& out) mutable {
        if (!truth(subject)) return false;
        const Budget::Level level(e.budget());
        if (!choice) choice = choice_of(e, std::move(arguments), by_attribute);
        if (!source) source = iterate(subject);
        while (source(out)) {
          e.budget().step();
          if (choice(out) == wanted) return true;
        }
        return false;
      },
      subject);
}

Value filter_select(Evaluator& e, const Value& subject, Arguments&& arguments) {
  return chosen(e, subject, std::move(arguments), false, true);
}
Value filter_reject(Evaluator& e, const Value& subject, Arguments&& arguments) {
  return chosen(e, subject, std::move(arguments), false, false);
}
Value filter_selectattr(Evaluator& e, const Value& subject, Arguments&& arguments) {
  return chosen(e, subject, std::move(arguments), true, true);
}
Value filter_rejectattr(Evaluator& e, const Value& subject, Arguments&& arguments) {
  return chosen(e, subject, std::move(arguments), true, false);
}

}  // namespace millet::text::jinja
