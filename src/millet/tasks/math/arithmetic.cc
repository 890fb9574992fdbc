#include "millet/tasks/math/arithmetic.h"

#include <utility>

#include "millet/tasks/math/latex_parser.h"

namespace millet::tasks::math {

namespace {

class ArithmeticReader {
 public:
  explicit ArithmeticReader(std::string_view text) : text_(text) {}

  std::optional<Expression> whole() {
    std::optional<Expression> out = sum();
    blanks();
    return at_ == text_.size() ? out : std::nullopt;
  }

 private:
  using Maybe = std::optional<Expression>;

  void blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  bool take(std::string_view wanted) {
    blanks();
    if (text_.substr(at_, wanted.size()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }

  char next() {
    blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  Maybe sum() {
    Maybe left = term();
    while (left && (next() == '+' || next() == '-')) {
      const bool minus = text_[at_++] == '-';
      Maybe right = term();
      if (!right) return std::nullopt;
      left = sum_of(std::move(*left), minus ? negative(std::move(*right)) : std::move(*right));
    }
    return left;
  }

  Maybe term() {
    Maybe left = factor();
    while (left && (next() == '*' || next() == '/')) {
      if (text_.substr(at_, 2) == "**") return std::nullopt;
      const bool floor = text_.substr(at_, 2) == "//";
      const bool divide = text_[at_] == '/';
      at_ += floor ? 2 : 1;
      Maybe right = factor();
      if (!right) return std::nullopt;
      left =
          divide ? quotient_of(std::move(*left), std::move(*right)) : product_of(std::move(*left), std::move(*right));
      if (floor) left = node(Kind::function, {std::move(*left)}, "floor");
    }
    return left;
  }

  Maybe factor() {
    bool minus = false;
    while (next() == '+' || next() == '-') minus ^= text_[at_++] == '-';
    Maybe base = atom();
    if (!base) return std::nullopt;
    if (take("**") || take("^")) {
      if (depth_ >= kMaxDepth) return std::nullopt;
      ++depth_;
      Maybe exponent = factor();
      --depth_;
      if (!exponent) return std::nullopt;
      base = node(Kind::power, {std::move(*base), std::move(*exponent)});
    }
    return minus ? negative(std::move(*base)) : base;
  }

  Maybe atom() {
    if (take("(")) {
      if (depth_ >= kMaxDepth) return std::nullopt;
      ++depth_;
      Maybe inner = sum();
      --depth_;
      return inner && take(")") ? inner : std::nullopt;
    }
    const size_t from = at_;
    bool point = false;
    while (at_ < text_.size() && ((text_[at_] >= '0' && text_[at_] <= '9') || (text_[at_] == '.' && !point))) {
      point = point || text_[at_] == '.';
      ++at_;
    }
    const std::string_view digits = text_.substr(from, at_ - from);
    if (!point && digits.size() > 1 && digits[0] == '0' && digits.find_first_not_of('0') != std::string_view::npos) {
      return std::nullopt;
    }
    const auto value = Rational::parse(digits);
    return value ? Maybe(number(*value, point)) : std::nullopt;
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::optional<Expression> parse_arithmetic(std::string_view text) {
  if (text.size() > kMaxLatex) return std::nullopt;
  return ArithmeticReader(text).whole();
}

}  // namespace millet::tasks::math
