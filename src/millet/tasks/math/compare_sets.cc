// Sets, intervals and tuples.
#include <algorithm>
#include <optional>
#include <utility>

#include "millet/tasks/math/compare_parts.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kMaxElements = 200;
constexpr size_t kMaxPieces = 40;  // of a union that is put in order

bool is_list(const Expression& e) {
  return e.is(Kind::finite_set) || e.is(Kind::tuple);
}

bool is_open(const Expression& e) {
  return e.is(Kind::interval) && e.left_open && e.right_open;
}

Expression pair_of(const Expression& interval) {
  return node(Kind::tuple, interval.arguments);
}

// Sets of real numbers as intervals in order, none touching the next.
struct Piece {
  Expression from, to;
  bool from_in = false, to_in = false;
};

using Pieces = std::vector<Piece>;

Expression minus_infinity() {
  return negative(constant("infinity"));
}

std::optional<Pieces> pieces_of(const Expression& e);

std::optional<Pieces> normalised(Pieces all) {
  if (all.size() > kMaxPieces) return std::nullopt;
  bool ordered = true;
  std::sort(all.begin(), all.end(), [&](const Piece& a, const Piece& b) {
    const auto order = order_of(a.from, b.from);
    if (!order) ordered = false;
    if (order.value_or(0) != 0) return *order < 0;
    return a.from_in && !b.from_in;
  });
  if (!ordered) return std::nullopt;
  Pieces out;
  for (Piece& piece : all) {
    if (!out.empty()) {
      const auto gap = order_of(piece.from, out.back().to);
      const auto end = order_of(piece.to, out.back().to);
      if (!gap || !end) return std::nullopt;
      if (*gap < 0 || (*gap == 0 && (piece.from_in || out.back().to_in))) {
        if (*end > 0) {
          out.back().to = piece.to;
          out.back().to_in = piece.to_in;
        } else if (*end == 0) {
          out.back().to_in = out.back().to_in || piece.to_in;
        }
        continue;
      }
    }
    out.push_back(std::move(piece));
  }
  return out;
}

std::optional<Pieces> complement_of(const Pieces& all) {
  Pieces out;
  Piece open{minus_infinity(), constant("infinity"), false, false};
  for (const Piece& piece : all) {
    open.to = piece.from;
    open.to_in = !piece.from_in && !is_infinite(piece.from);
    const auto order = order_of(open.from, open.to);
    if (!order) return std::nullopt;
    if (*order < 0 || (*order == 0 && open.from_in && open.to_in)) out.push_back(open);
    open.from = piece.to;
    open.from_in = !piece.to_in && !is_infinite(piece.to);
  }
  open.to = constant("infinity");
  open.to_in = false;
  if (!is_infinite(open.from) || out.empty()) {
    const auto order = order_of(open.from, open.to);
    if (!order) return std::nullopt;
    if (*order < 0) out.push_back(open);
  }
  return out;
}

std::optional<Pieces> pieces_of(const Expression& e) {
  Pieces out;
  if (e.is(Kind::named_set)) {
    if (e.name == "empty") return out;
    if (e.name != "reals") return std::nullopt;
    out.push_back({minus_infinity(), constant("infinity"), false, false});
    return out;
  }
  if (e.is(Kind::interval)) {
    out.push_back({e[0], e[1], !e.left_open, !e.right_open});
    return out;
  }
  if (e.is(Kind::finite_set)) {
    for (const Expression& element : e.arguments) {
      if (!real_value(element)) return std::nullopt;
      out.push_back({element, element, true, true});
    }
    return normalised(std::move(out));
  }
  if (!e.is(Kind::unite) && !e.is(Kind::intersect) && !e.is(Kind::subtract)) return std::nullopt;
  auto a = pieces_of(e[0]);
  auto b = a ? pieces_of(e[1]) : std::nullopt;
  if (!b) return std::nullopt;
  if (e.is(Kind::unite)) {
    for (Piece& piece : *b) a->push_back(std::move(piece));
    return normalised(std::move(*a));
  }
  // a ∩ b and a ∖ b by de Morgan.
  auto outside_a = complement_of(*a);
  auto outside_b = e.is(Kind::intersect) ? complement_of(*b) : b;
  if (!outside_a || !outside_b) return std::nullopt;
  for (Piece& piece : *outside_b) outside_a->push_back(std::move(piece));
  const auto outside = normalised(std::move(*outside_a));
  return outside ? complement_of(*outside) : std::nullopt;
}

}  // namespace

// Tuples in order, sets in any; a list beside a gold tuple is in order, a tuple beside a gold set in any.
bool Comparer::same_lists(const Expression& gold, const Expression& prediction) {
  const size_t n = gold.arguments.size();
  if (n != prediction.arguments.size() || n > kMaxElements) return false;
  if (gold.is(Kind::tuple)) {
    for (size_t i = 0; i < n; ++i) {
      if (!same(gold[i], prediction[i])) return false;
    }
    how = "in order";
    return true;
  }
  std::vector<bool> used(n);
  for (const Expression& wanted : gold.arguments) {
    bool found = false;
    for (size_t i = 0; i < n && !found; ++i) {
      if (used[i] || !same(wanted, prediction[i])) continue;
      used[i] = found = true;
    }
    if (!found) return false;
  }
  how = "as sets";
  return true;
}

bool Comparer::same_sets(const Expression& gold_given, const Expression& prediction_given) {
  const auto as_set = [](const Expression& e) {
    return is_set(e) || e.is(Kind::tuple) ? e : node(Kind::finite_set, {e});
  };
  const Expression gold = as_set(gold_given);
  const Expression prediction = as_set(prediction_given);
  if (gold == prediction) {
    how = "as sets";
    return true;
  }
  if (gold.is(Kind::interval) && prediction.is(Kind::interval)) {
    if (gold.left_open != prediction.left_open || gold.right_open != prediction.right_open ||
        !same(gold[0], prediction[0]) || !same(gold[1], prediction[1])) {
      return false;
    }
    how = "as intervals";
    return true;
  }
  if (is_list(gold) && is_list(prediction)) return same_lists(gold, prediction);
  if (is_open(gold) && is_list(prediction)) return same_lists(pair_of(gold), prediction);
  if (is_open(prediction) && is_list(gold)) return same_lists(gold, pair_of(prediction));
  const auto a = pieces_of(gold);
  const auto b = a ? pieces_of(prediction) : std::nullopt;
  if (b) {
    if (a->size() != b->size()) return false;
    for (size_t i = 0; i < a->size(); ++i) {
      const Piece& x = (*a)[i];
      const Piece& y = (*b)[i];
      if (x.from_in != y.from_in || x.to_in != y.to_in || !same(x.from, y.from) || !same(x.to, y.to)) return false;
    }
    how = "as sets of real numbers";
    return true;
  }
  if (gold.kind == prediction.kind && gold.arguments.size() == 2 && prediction.arguments.size() == 2) {
    const bool straight = same(gold[0], prediction[0]) && same(gold[1], prediction[1]);
    const bool crossed = !gold.is(Kind::subtract) && same(gold[0], prediction[1]) && same(gold[1], prediction[0]);
    how = "as sets";
    return straight || crossed;
  }
  return false;
}

}  // namespace millet::tasks::math
