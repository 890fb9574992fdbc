// Values that are approached and not reached: infinite sums, limits, integrals without end. Each is worked out in two
// ways or more; nothing where these disagree, as they do where there is no such value.
#pragma once

#include <complex>
#include <functional>
#include <optional>

namespace millet::tasks::math {

using RealFunction = std::function<std::optional<std::complex<long double>>(long double)>;
using Limiting = std::optional<std::complex<long double>>;

// f(from) + f(from + 1) + …: added up where its terms soon vanish, else by Levin's u transform.
Limiting infinite_sum(const RealFunction& f, long double from);

// As x approaches `to` from above (side 1) or below (-1), or plus or minus infinity: by Richardson's extrapolation from
// steps that halve.
Limiting limit_at(const RealFunction& f, long double to, long double side);

// Between bounds one of which at least is infinite: by the double exponential rule of Takahasi and Mori, 1974.
Limiting improper_integral(const RealFunction& f, long double from, long double to);

}  // namespace millet::tasks::math
