#include "millet/tasks/math/evaluate.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <string_view>
#include <utility>

#include "millet/tasks/math/limits.h"

namespace millet::tasks::math {

namespace {

using Value = std::optional<Complex>;
using Bound = std::map<std::string, Complex>;

constexpr long double kPi = 3.141592653589793238462643383279502884L;
constexpr long double kE = 2.718281828459045235360287471352662498L;
constexpr long double kEuler = 0.577215664901532860606512090082402431L;
constexpr int64_t kMaxTerms = 1000;  // of a sum or product

uint64_t mixed(uint64_t x) {  // splitmix64
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

uint64_t hashed(std::string_view name, uint64_t seed) {
  uint64_t h = mixed(seed);
  for (const char c : name) h = mixed(h ^ static_cast<unsigned char>(c));
  return h;
}

long double fraction_of(uint64_t h) {
  return static_cast<long double>(h >> 11) / 9007199254740992.0L;
}  // [0, 1)

// Sizes that symbols take in far trials, and in the last of these as whole numbers.
struct Size {
  long double from, to;
  int sign;  // 0: either
};
constexpr Size kSizes[] = {{0.001L, 0.02L, 1}, {0.001L, 0.02L, -1}, {5, 15, 1},     {5, 15, -1},     {40, 120, 1},
                           {40, 120, -1},      {300, 900, 1},       {300, 900, -1}, {3000, 9000, 1}, {3000, 9000, -1}};
constexpr Size kWholeSizes[] = {{1, 9, 1}, {1, 9, -1}, {20, 90, 1}, {20, 90, -1}, {200, 900, 1}, {1, 30, 0}};
static_assert(std::size(kSizes) + std::size(kWholeSizes) == kFarTrials);

// Every symbol goes through all sizes, several at once through different ones; they are whole together.
long double far_value(std::string_view name, size_t trial) {
  const uint64_t h = hashed(name, 500 + trial);
  const bool whole = trial >= std::size(kSizes);
  const Size& size = whole ? kWholeSizes[(trial - std::size(kSizes)) % std::size(kWholeSizes)]
                           : kSizes[(trial + hashed(name, 499)) % std::size(kSizes)];
  long double out = size.from + (size.to - size.from) * fraction_of(h);
  if (whole) out = std::round(out);
  return size.sign < 0 || (size.sign == 0 && (mixed(h) & 1U) != 0) ? -out : out;
}

// Symbols take values around one, of both signs.
long double symbol_value(std::string_view name, int trial) {
  if (trial >= kFirstFar) return far_value(name, static_cast<size_t>(trial - kFirstFar));
  const uint64_t h = hashed(name, static_cast<uint64_t>(trial));
  const long double size = 0.3L + 2.0L * fraction_of(h);
  return (mixed(h) & 1U) != 0 ? -size : size;
}

bool finite(const Complex& z) {
  return std::isfinite(z.real()) && std::isfinite(z.imag());
}

Value checked(const Complex& z) {
  return finite(z) ? Value(z) : std::nullopt;
}

bool is_real(const Complex& z) {
  return std::abs(z.imag()) <= 1e-15L * (1 + std::abs(z.real()));
}

// A number that nobody knows but that depends smoothly on what it is of.
Complex unknown(std::string_view name, const std::vector<Complex>& of, int trial) {
  Complex sum(fraction_of(hashed(name, 77 + static_cast<uint64_t>(trial))), 0);
  for (size_t i = 0; i < of.size(); ++i) {
    const uint64_t h = hashed(name, 1000 + i);
    const Complex squashed = of[i] / (1.0L + std::abs(of[i]));
    sum += (0.5L + fraction_of(h)) * squashed + (0.25L + fraction_of(mixed(h))) * squashed * squashed;
  }
  return {std::sin(sum.real()) + 1.5L, std::sin(sum.imag())};
}

Complex real_or(const Complex& z, long double (*of_real)(long double), Complex (*of_complex)(const Complex&)) {
  return z.imag() == 0 ? Complex(of_real(z.real())) : of_complex(z);
}

Value raised(const Complex& base, const Complex& exponent) {
  if (base == Complex(0)) {
    if (exponent == Complex(0)) return Complex(1);
    return exponent.real() > 0 ? Value(Complex(0)) : std::nullopt;
  }
  if (exponent.imag() == 0 && exponent.real() == std::floor(exponent.real()) && std::abs(exponent.real()) <= 64) {
    Complex out(1), square = base;
    for (auto n = static_cast<int64_t>(std::abs(exponent.real())); n > 0; n /= 2, square *= square) {
      if (n % 2 != 0) out *= square;
    }
    return checked(exponent.real() < 0 ? 1.0L / out : out);
  }
  if (base.imag() == 0 && exponent.imag() == 0 && (base.real() > 0 || exponent.real() == std::floor(exponent.real()))) {
    return checked(std::pow(base.real(), exponent.real()));
  }
  return checked(std::pow(Complex(base.real(), base.imag() == 0 ? 0.0L : base.imag()), exponent));
}

Value of_one(std::string_view name, const Complex& z) {
  const auto inverse = [](const Complex& x) { return 1.0L / x; };
  if (name == "abs") return Complex(std::abs(z));
  if (name == "sin") return checked(std::sin(z));
  if (name == "cos") return checked(std::cos(z));
  if (name == "tan") return checked(std::sin(z) / std::cos(z));
  if (name == "cot") return checked(std::cos(z) / std::sin(z));
  if (name == "sec") return checked(inverse(std::cos(z)));
  if (name == "csc") return checked(inverse(std::sin(z)));
  if (name == "asin") return checked(std::asin(z));
  if (name == "acos") return checked(std::acos(z));
  if (name == "atan") return checked(real_or(z, std::atan, [](const Complex& x) { return std::atan(x); }));
  if (name == "acot") return checked(std::atan(inverse(z)));
  if (name == "asec") return checked(std::acos(inverse(z)));
  if (name == "acsc") return checked(std::asin(inverse(z)));
  if (name == "sinh") return checked(std::sinh(z));
  if (name == "cosh") return checked(std::cosh(z));
  if (name == "tanh") return checked(std::tanh(z));
  if (name == "asinh") return checked(std::asinh(z));
  if (name == "acosh") return checked(std::acosh(z));
  if (name == "atanh") return checked(std::atanh(z));
  if (name == "floor" || name == "ceiling") {
    if (!is_real(z)) return std::nullopt;
    const long double near = std::round(z.real());
    const bool whole = std::abs(z.real() - near) <= 1e-14L * (1 + std::abs(near));
    return Complex(whole ? near : name == "floor" ? std::floor(z.real()) : std::ceil(z.real()));
  }
  if (name == "factorial" || name == "gamma") {
    if (!is_real(z)) return std::nullopt;
    const long double x = z.real() + (name == "factorial" ? 1.0L : 0.0L);
    if (x <= 0 && x == std::floor(x)) return std::nullopt;
    return checked(std::tgamma(x));
  }
  return std::nullopt;
}

Value of_two(std::string_view name, const Complex& a, const Complex& b) {
  if (name == "log") {
    if (a == Complex(0) || b == Complex(0)) return std::nullopt;
    return checked(std::log(a) / std::log(b));
  }
  if (!is_real(a) || !is_real(b)) return std::nullopt;
  if (name == "mod") {
    if (b.real() == 0) return std::nullopt;
    return checked(a.real() - b.real() * std::floor(a.real() / b.real()));
  }
  if (name == "binomial") {
    return checked(std::tgamma(a.real() + 1) / (std::tgamma(b.real() + 1) * std::tgamma(a.real() - b.real() + 1)));
  }
  return std::nullopt;
}

class Evaluator {
 public:
  Evaluator(int trial, Budget& budget, Bound bound) : trial_(trial), budget_(budget), bound_(std::move(bound)) {}

  // Whether no sum was so much smaller than its terms, and no angle so large, that few digits are left.
  bool sure() const { return sure_; }

  Value of(const Expression& e) {
    if (!budget_.take()) return std::nullopt;
    switch (e.kind) {
      case Kind::number:
        return checked(e.value.to_long_double());
      case Kind::symbol: {
        const auto found = bound_.find(e.name);
        return found != bound_.end() ? found->second : Complex(symbol_value(e.name, trial_));
      }
      case Kind::constant:
        if (e.name == "pi") return Complex(kPi);
        if (e.name == "e") return Complex(kE);
        if (e.name == "euler") return Complex(kEuler);
        if (e.name == "i") return Complex(0, 1);
        return std::nullopt;
      case Kind::percent: {
        const Value z = of(e[0]);
        return z ? Value(*z / 100.0L) : std::nullopt;
      }
      case Kind::add:
      case Kind::multiply:
        return folded(e);
      case Kind::power: {
        const Value base = of(e[0]);
        const Value exponent = base ? of(e[1]) : std::nullopt;
        return exponent ? raised(*base, *exponent) : std::nullopt;
      }
      case Kind::function:
        return of_function(e);
      case Kind::applied: {
        const auto arguments = of_all(e.arguments);
        return arguments ? Value(unknown("f:" + e.name, *arguments, trial_)) : std::nullopt;
      }
      default:
        return std::nullopt;
    }
  }

 private:
  Value folded(const Expression& e) {
    Complex out(e.is(Kind::add) ? 0 : 1);
    long double sizes = 0;
    for (const Expression& part : e.arguments) {
      const Value z = of(part);
      if (!z) return std::nullopt;
      if (e.is(Kind::add)) {
        out += *z;
        sizes += std::abs(*z);
      } else if (z->imag() == 0) {  // no NaN from a product with a zero imaginary part
        out *= z->real();
      } else {
        out *= *z;
      }
    }
    if (std::abs(out) < 1e-7L * sizes) sure_ = false;
    return checked(out);
  }

  std::optional<std::vector<Complex>> of_all(const std::vector<Expression>& list) {
    std::vector<Complex> out;
    for (const Expression& e : list) {
      const Value z = of(e);
      if (!z) return std::nullopt;
      out.push_back(*z);
    }
    return out;
  }

  Value of_function(const Expression& e) {
    if (e.name == "sum" || e.name == "product") return over_range(e);
    if (e.name == "integral") return integral(e);
    if (e.name == "derivative") return derivative(e);
    if (e.name == "limit") return limit(e);
    if (e.name == "gcd" || e.name == "lcm") return common(e);
    if (has_matrix(e)) return of_matrix(e);
    const auto z = of_all(e.arguments);
    if (!z) return std::nullopt;
    if (e.name == "max" || e.name == "min") {
      Complex best = (*z)[0];
      for (const Complex& other : *z) {
        if (!is_real(other)) return std::nullopt;
        if ((other.real() > best.real()) == (e.name == "max")) best = other;
      }
      return best;
    }
    Value out;
    if (z->size() == 1) {
      out = of_one(e.name, (*z)[0]);
      const bool periodic = e.name == "sin" || e.name == "cos" || e.name == "tan" || e.name == "cot" ||
                            e.name == "sec" || e.name == "csc";
      const bool pole = out && (std::abs(*out) < 1e-13L || std::abs(*out) > 1e13L);
      if (periodic && (pole || std::abs((*z)[0]) > 1e6L)) sure_ = false;
    }
    if (z->size() == 2) out = of_two(e.name, (*z)[0], (*z)[1]);
    if (out) return out;
    if (trial_ >= kFirstFar) return std::nullopt;  // a pole, or too large
    static const std::set<std::string> kOpaque = {"binomial", "factorial"};
    return kOpaque.contains(e.name) ? Value(unknown(e.name, *z, trial_)) : std::nullopt;
  }

  Value over_range(const Expression& e) {
    const Value from = of(e[2]);
    const bool whole_from = from && is_real(*from) && from->real() == std::round(from->real());
    if (is_infinite(e[3])) {
      if (!whole_from || e.name != "sum" || !e[3].is(Kind::constant)) return with_bound_variable(e, 1);
      const Limiting sum = infinite_sum(function_of(e), from->real());
      return sum ? Value(*sum) : with_bound_variable(e, 1);
    }
    const Value to = of(e[3]);
    const bool known = whole_from && to && is_real(*to) && to->real() == std::round(to->real()) &&
                       to->real() - from->real() < kMaxTerms;
    if (!known) return with_bound_variable(e, 1);
    Complex out(e.name == "sum" ? 0 : 1);
    const auto last = static_cast<int64_t>(to->real());
    for (auto k = static_cast<int64_t>(from->real()); k <= last; ++k) {
      const Value term = bound_to(e[1].name, Complex(static_cast<long double>(k)), e[0]);
      if (!term) return std::nullopt;
      out = e.name == "sum" ? out + *term : out * *term;
    }
    return checked(out);
  }

  // The body of a sum, an integral or a limit as a function of its variable.
  RealFunction function_of(const Expression& e) {
    return [this, &e](long double x) { return bound_to(e[1].name, Complex(x), e[0]); };
  }

  Value limit(const Expression& e) {
    const bool minus = is_infinite(e[2]) && !e[2].is(Kind::constant) && e[2][0].value.is_negative();
    const Value to = is_infinite(e[2]) ? Value(Complex(minus ? -HUGE_VALL : HUGE_VALL)) : of(e[2]);
    if (to && is_real(*to)) {
      const Limiting found = limit_at(function_of(e), to->real(), e[3].value.is_negative() ? -1 : 1);
      if (found) return *found;
    }
    return with_bound_variable(e, 1);
  }

  // gcd and lcm of whole numbers; of others nothing is known.
  Value common(const Expression& e) {
    const auto z = of_all(e.arguments);
    if (!z) return std::nullopt;
    int64_t out = 0;
    for (const Complex& one : *z) {
      if (!is_real(one) || one.real() != std::round(one.real()) || std::abs(one.real()) > 1e9L) {
        return unknown(e.name, *z, trial_);
      }
      const auto n = static_cast<int64_t>(std::abs(one.real()));
      out = &one == z->data() ? n : e.name == "gcd" ? std::gcd(out, n) : std::lcm(out, n);
      if (out > 1'000'000'000) return std::nullopt;
    }
    return Complex(static_cast<long double>(out));
  }

  // By a tiny step along the imaginary axis, which loses no digits; of what does not hold the variable nothing is
  // known.
  Value derivative(const Expression& e) {
    constexpr long double kStep = 1e-40L;
    const std::string& name = e[1].name;
    if (!free_symbols(e[0]).contains(name)) return with_bound_variable(e, 1);
    const Value at = of(e[1]);
    const Value here = at ? bound_to(name, *at, e[0]) : std::nullopt;
    if (!here || here->imag() != 0 || at->imag() != 0) return with_bound_variable(e, 1);
    const Value stepped = bound_to(name, Complex(at->real(), kStep), e[0]);
    return stepped ? checked(stepped->imag() / kStep) : std::nullopt;
  }

  // Between known bounds by 20 points of Gauss and Legendre in 4 parts, which is exact for polynomials of degree 39.
  Value integral(const Expression& e) {
    if (e.arguments.size() != 4) return with_bound_variable(e, 1);
    const auto end = [&](const Expression& at) {
      return is_infinite(at) ? Value(Complex(real_value(at).value_or(0))) : of(at);
    };
    const Value from = end(e[2]);
    const Value to = end(e[3]);
    if (!from || !to || !is_real(*from) || !is_real(*to)) return with_bound_variable(e, 1);
    if (std::isinf(from->real()) || std::isinf(to->real())) {
      const Limiting found = improper_integral(function_of(e), from->real(), to->real());
      return found ? Value(*found) : with_bound_variable(e, 1);
    }
    static constexpr long double kNodes[10] = {
        0.0765265211334973337546404093988382110L, 0.2277858511416450780804961953685746247L,
        0.3737060887154195606725481770249272374L, 0.5108670019508270980043640509552509984L,
        0.6360536807265150254528366962262859368L, 0.7463319064601507926143050703556415903L,
        0.8391169718222188233945290617015206853L, 0.9122344282513259058677524412032981130L,
        0.9639719272779137912676661311972772219L, 0.9931285991850949247861223884713202782L};
    static constexpr long double kWeights[10] = {
        0.1527533871307258506980843319550975935L, 0.1491729864726037467878287370019694366L,
        0.1420961093183820513292983250671649330L, 0.1316886384491766268984944997481631349L,
        0.1181945319615184173123773777113822870L, 0.1019301198172404350367501354803498762L,
        0.0832767415767047487247581432220462061L, 0.0626720483341090635695065351870416064L,
        0.0406014298003869413310399522749321098L, 0.0176140071391521183118619623518528164L};
    Complex out(0);
    const long double width = (to->real() - from->real()) / 4;
    for (int part = 0; part < 4; ++part) {
      const long double middle = from->real() + width * (static_cast<long double>(part) + 0.5L);
      for (int i = 0; i < 20; ++i) {
        const long double side = i % 2 == 0 ? 1.0L : -1.0L;
        const Value f = bound_to(e[1].name, Complex(middle + side * kNodes[i / 2] * width / 2), e[0]);
        if (!f) return with_bound_variable(e, 1);
        out += kWeights[i / 2] * width / 2 * *f;
      }
    }
    return checked(out);
  }

  Value bound_to(const std::string& name, const Complex& value, const Expression& body) {
    const auto before = bound_.find(name);
    const std::optional<Complex> saved = before != bound_.end() ? Value(before->second) : std::nullopt;
    bound_[name] = value;
    const Value out = of(body);
    if (saved) {
      bound_[name] = *saved;
    } else {
      bound_.erase(name);
    }
    return out;
  }

  // What cannot be computed: the same for every name of its bound variable.
  Value with_bound_variable(const Expression& e, size_t variable) {
    if (trial_ >= kFirstFar) sure_ = false;  // it may converge closer by
    std::vector<Complex> parts;
    for (size_t i = 0; i < e.arguments.size(); ++i) {
      if (i == variable) continue;
      if (is_infinite(e[i])) {
        parts.emplace_back(e[i].is(Kind::constant) ? 1e9L : -1e9L);
        continue;
      }
      const bool free = e.name == "derivative";  // there the variable is none of its own
      const Value z = i == 0 && !free ? bound_to(e[variable].name, Complex(0.7390851332L), e[0]) : of(e[i]);
      if (!z) return std::nullopt;
      parts.push_back(*z);
    }
    if (e.name == "derivative" && e[variable].is(Kind::symbol)) parts.emplace_back(symbol_value(e[variable].name, 0));
    return unknown(e.name, parts, trial_);
  }

  Value of_matrix(const Expression& e) {
    const std::optional<Expression> m = e.arguments.empty() ? std::nullopt : matrix_value(e[0]);
    if (!m || m->columns == 0) return std::nullopt;
    const auto cells = of_all(m->arguments);
    const size_t rows = m->arguments.size() / m->columns;
    if (!cells) return std::nullopt;
    if (e.name == "trace" && rows == m->columns) {
      Complex out(0);
      for (size_t i = 0; i < rows; ++i) out += (*cells)[i * rows + i];
      return checked(out);
    }
    if (e.name == "norm") {
      long double out = 0;
      for (const Complex& z : *cells) out += std::norm(z);
      return checked(std::sqrt(out));
    }
    if (e.name == "det" && rows == m->columns) return determinant(*cells, rows);
    return std::nullopt;
  }

  Value determinant(std::vector<Complex> a, size_t n) {
    if (!budget_.take(static_cast<int64_t>(n * n * n))) return std::nullopt;
    Complex out(1);
    for (size_t k = 0; k < n; ++k) {
      size_t best = k;
      for (size_t r = k + 1; r < n; ++r) {
        if (std::abs(a[r * n + k]) > std::abs(a[best * n + k])) best = r;
      }
      if (a[best * n + k] == Complex(0)) return Complex(0);
      if (best != k) {
        for (size_t c = 0; c < n; ++c) std::swap(a[k * n + c], a[best * n + c]);
        out = -out;
      }
      out *= a[k * n + k];
      for (size_t r = k + 1; r < n; ++r) {
        const Complex factor = a[r * n + k] / a[k * n + k];
        for (size_t c = k; c < n; ++c) a[r * n + c] -= factor * a[k * n + c];
      }
    }
    return checked(out);
  }

  int trial_;
  Budget& budget_;
  Bound bound_;
  bool sure_ = true;
};

bool binds(const Expression& e) {
  return e.is_function("sum") || e.is_function("product") || e.is_function("integral") || e.is_function("limit");
}

void collect_symbols(const Expression& e, std::set<std::string>& out) {
  if (e.is(Kind::symbol)) out.insert(e.name);
  std::set<std::string> inner;
  for (const Expression& part : e.arguments) collect_symbols(part, binds(e) ? inner : out);
  if (binds(e)) {
    inner.erase(e[1].name);
    out.insert(inner.begin(), inner.end());
  }
}

// Symbols that stand for whole numbers: what a sum runs to, what a common divisor is of.
void collect_whole(const Expression& e, std::set<std::string>& out) {
  if (e.is_function("sum") || e.is_function("product")) {
    collect_symbols(e[2], out);
    collect_symbols(e[3], out);
  }
  if (e.is_function("gcd") || e.is_function("lcm")) {
    for (const Expression& part : e.arguments) collect_symbols(part, out);
  }
  for (const Expression& part : e.arguments) collect_whole(part, out);
}

}  // namespace

std::optional<Complex> value_at(const Expression& expression, int trial, Budget& budget) {
  return Evaluator(trial, budget, {}).of(expression);
}

std::optional<Complex> value_with(const Expression& expression, const std::map<std::string, Complex>& bound, int trial,
                                  Budget& budget) {
  return Evaluator(trial, budget, bound).of(expression);
}

Samples::Samples(const Expression& gold, const Expression& prediction) {
  for (const Expression* e : {&gold, &prediction}) collect_whole(*e, whole_);
  const std::set<std::string> a = free_symbols(gold), b = free_symbols(prediction);
  alone_ = a.empty() && b.empty();
  std::erase_if(whole_, [&](const std::string& name) { return !a.contains(name) && !b.contains(name); });
}

std::optional<Complex> Samples::at(const Expression& expression, int trial, Budget& budget, bool* sure) const {
  Bound bound;
  for (const std::string& name : whole_) {
    bound[name] = Complex(1.0L + static_cast<long double>(hashed(name, 900 + static_cast<uint64_t>(trial)) % 9));
  }
  Evaluator evaluator(trial, budget, std::move(bound));
  const Value out = evaluator.of(expression);
  if (sure != nullptr) *sure = evaluator.sure();
  return out;
}

bool Samples::fit_far_away(const Expression& gold, const Expression& prediction, Budget& budget,
                           const std::function<bool(const Complex&, const Complex&)>& fits) const {
  if (alone_) return true;
  const int64_t half = budget.left() / 2;
  Budget part(half);
  bool out = true;
  for (int i = 0; i < kFarTrials && out; ++i) {
    bool sure_u = true, sure_v = true;
    const auto u = at(gold, kFirstFar + i, part, &sure_u);
    const auto v = u ? at(prediction, kFirstFar + i, part, &sure_v) : std::nullopt;
    if (part.spent()) break;
    out = !v || !sure_u || !sure_v || fits(*u, *v);
  }
  budget.take(half - std::max<int64_t>(0, part.left()));
  return out;
}

std::set<std::string> free_symbols(const Expression& expression) {
  std::set<std::string> out;
  collect_symbols(expression, out);
  return out;
}

bool is_constant(const Expression& e) {
  if (e.is(Kind::symbol) || e.is(Kind::applied) || binds(e) || e.is_function("derivative")) return false;
  for (const Expression& part : e.arguments) {
    if (!is_constant(part)) return false;
  }
  return true;
}

bool is_infinite(const Expression& e) {
  if (e.is(Kind::constant)) return e.name == "infinity";
  return e.is(Kind::multiply) && e.arguments.size() == 2 && e[0].is(Kind::number) && is_infinite(e[1]);
}

bool is_only_symbols(const Expression& e) {
  if (e.is(Kind::symbol)) return true;
  if (e.is(Kind::power) && e[1].is(Kind::number) && e[1].value == Rational(-1)) return is_only_symbols(e[0]);
  if (e.arguments.empty()) return false;
  for (const Expression& part : e.arguments) {
    if (!is_only_symbols(part)) return false;
  }
  return true;
}

std::optional<long double> real_value(const Expression& e) {
  if (is_infinite(e)) {
    const bool minus = e.is(Kind::multiply) && e[0].value.is_negative();
    return minus ? -HUGE_VALL : HUGE_VALL;
  }
  if (!is_constant(e)) return std::nullopt;
  Budget budget(20'000);
  const Value z = value_at(e, 0, budget);
  if (!z || !is_real(*z)) return std::nullopt;
  return z->real();
}

std::optional<int> order_of(const Expression& a, const Expression& b) {
  Budget budget(20'000);
  const auto exact_a = exact_value(a, budget);
  const auto exact_b = exact_a ? exact_value(b, budget) : std::nullopt;
  if (exact_b) return compare(*exact_a, *exact_b);
  const auto x = real_value(a);
  const auto y = x ? real_value(b) : std::nullopt;
  if (!y) return std::nullopt;
  const bool finite_both = std::isfinite(*x) && std::isfinite(*y);
  if (*x == *y || (finite_both && std::abs(*x - *y) <= 1e-15L * (std::abs(*x) + std::abs(*y)))) return 0;
  return *x < *y ? -1 : 1;
}

}  // namespace millet::tasks::math
