#include "millet/tasks/math/units.h"

#include <cctype>

namespace millet::tasks::math {

namespace {

// A point stands for any character.
constexpr std::string_view kUnits[] = {
    // lengths, areas, volumes
    "mm", "cm", "dm", "m", "km", "inch", "inches", "ft", "feet", "yard", "mile", "meter", "metre", "mtr", "mt", "sq m",
    "sq . m", "sq", "sq inch", "square", "m square", "cm 2", "acre", "are", "hectare", "cc", "cu cm", "cu . m", "cubic",
    "cube", "l", "lt", "liter", "litre", "gal", "gallon", "∏ cm ³", "π r 2", "pi sq m",
    // times
    "s", "sec", "second", "s .", "min", "minw", "minute", "h", "hr", "hour", "day", "month", "yr", "year", "am", "pm",
    "a . m", "p . m", "noon",
    // weights, speeds, angles, electricity
    "g", "gm", "kg", "lb", "pound", "mph", "kmph", "kmh", "mp", "deg", "degree", "° f", "c", "ohm",
    // money and shares
    "cent", "rs", "rs .", "rupee", "profit", "profit of rs", "loss", "gain", "ratio", "per", "v â € ™",
    // counted things
    "integerpoint", "digit", "number", "unit", "multiple", "prime", "edge", "student", "children ticket", "meal",
    "monkey", "tile", "men", "man", "women", "woman", "soldier", "pie", "toy", "coin", "mark", "apple", "rounds", "way",
    // directions, comparisons, choices and the rest
    "east", " m east", "west", "rise", "increase", "decrease", "more", "less", "excess", "no change", "pure", "Surface",
    "sue", "q .", "rd", "o", "ab", "a .", "b .", "c .", "d .", "e .", "f .", "g .", "h .", "t", "bc", "st", "by", "th",
    "d"};

bool blank(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

bool fits(std::string_view unit, std::string_view text) {
  if (unit.size() != text.size()) return false;
  for (size_t i = 0; i < unit.size(); ++i) {
    if (unit[i] != text[i] && unit[i] != '.') return false;
  }
  return true;
}

bool is_unit(std::string_view text) {
  for (const std::string_view unit : kUnits) {
    if (fits(unit, text)) return true;
    if (text.ends_with("es") && fits(unit, text.substr(0, text.size() - 2))) return true;
    if (text.ends_with('s') && fits(unit, text.substr(0, text.size() - 1))) return true;
  }
  return false;
}

}  // namespace

std::string without_unit(std::string_view text) {
  constexpr size_t kLongest = 24;
  size_t end = text.size();
  while (end > 0 && blank(text[end - 1])) --end;
  // The longest unit first: where it begins farthest to the left.
  for (size_t from = end > kLongest ? end - kLongest : 1; from < end; ++from) {
    const char before = text[from - 1];
    if (before != '}' && !blank(before) && !(before >= '0' && before <= '9')) continue;
    if (!is_unit(text.substr(from, end - from))) continue;
    size_t keep = from;  // blanks between go too, but for one where nothing else stands before
    while (keep > 1 && blank(text[keep - 1]) &&
           (blank(text[keep - 2]) || text[keep - 2] == '}' || (text[keep - 2] >= '0' && text[keep - 2] <= '9'))) {
      --keep;
    }
    return std::string(text.substr(0, keep));
  }
  return std::string(text);
}

}  // namespace millet::tasks::math
