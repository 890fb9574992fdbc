// The complete lines of a JSONL file that a process may have died over.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

namespace millet::report {

// Calls f(line, number) for each line that is not empty; a missing file has none. The last line is passed over where it
// is torn: it has no line break, or f refuses it with an Error. An Error of f for an earlier line is thrown again as
// "path:line: …".
void for_each_line(const std::filesystem::path& file, const std::function<void(std::string_view, int64_t)>& f);

// Keeps the lines for which keep(line) is true, replacing the file as a whole. The torn last line goes. A line that
// keep refuses with an Error is treated as above.
void filter_lines(const std::filesystem::path& file, const std::function<bool(std::string_view)>& keep);

}  // namespace millet::report
