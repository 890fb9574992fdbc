// Python's operations on strings, by code points: what methods, filters and operators of text are made of. All texts
// are UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millet/text/jinja/budget.h"

namespace millet::text::jinja {

bool is_space(char32_t point);  // str.isspace, and \s of Python's `re`

int64_t count_characters(std::string_view text);
size_t byte_of_character(std::string_view text, int64_t index);  // its offset, or the end
std::vector<std::string_view> characters_of(std::string_view text);

// Python's rules for [start:stop:step] over `length` items: the first index, where it stops, the step, and how many
// there are.
struct Slice {
  int64_t start = 0;
  int64_t stop = 0;
  int64_t step = 1;
  int64_t count = 0;
};
// Throws Error: the step is 0.
Slice slice_of(std::optional<int64_t> start, std::optional<int64_t> stop, std::optional<int64_t> step, int64_t length);

enum class Side : uint8_t { both, left, right };
std::string_view strip(std::string_view text, Side side = Side::both);
std::string_view strip(std::string_view text, std::string_view characters, Side side);

// Offsets in bytes, npos: not there. Their time grows with the length of the text alone.
size_t find_in(std::string_view text, std::string_view part, size_t from = 0);
size_t find_last_in(std::string_view text, std::string_view part);

// How often the part is in the text, side by side.
int64_t count_in(std::string_view text, std::string_view part);

// str.split and str.rsplit; `most` < 0: no limit. Without a separator runs of spaces separate. A piece costs what the
// string costs that is made of it.
std::vector<std::string_view> split(std::string_view text, std::string_view separator, int64_t most, bool from_right,
                                    Budget& budget);
std::vector<std::string_view> split_at_spaces(std::string_view text, int64_t most, bool from_right, Budget& budget);
std::vector<std::string_view> split_lines(std::string_view text, Budget& budget, bool keep_ends = false);

std::string replace(std::string_view text, std::string_view old, std::string_view with, int64_t most);
// The length that replace() gives; so that it can be refused beforehand.
size_t replaced_size(std::string_view text, std::string_view old, std::string_view with, int64_t most);

std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string fold_case(std::string_view text);
std::string swap_case(std::string_view text);
std::string capitalize(std::string_view text);  // the first character titlecase, the rest lower
std::string title(std::string_view text);       // str.title: every run of letters

// Every character has the property, and there is at least one.
bool all_of(std::string_view text, bool (*property)(char32_t));
bool is_lower(std::string_view text);  // no upper-case letter, at least one lower-case letter
bool is_upper(std::string_view text);
bool is_title(std::string_view text);
bool is_identifier(std::string_view text);

}  // namespace millet::text::jinja
