// Verbs that answer line by line: JSON lines in, JSON lines out, for scripts and for comparing with other software.
#pragma once

#include <functional>
#include <string>

#include "millet/io/json.h"

namespace millet::cli {

// Prints answer(line) for each line of a file ("-": standard input; gzip and zstd are opened on the way), in order,
// each as soon as it is there: the n-th answer is that of the n-th line. Where a line is empty or no JSON, or the
// answer throws Error, {"error": …} stands in its place and the rest goes on. Throws Error: the file cannot be opened,
// a stream is gzip or zstd, an archive is corrupt; our own, where the answers cannot be written.
void answer_json_lines(const std::string& file, const std::function<io::Json(const io::Json&)>& answer);

}  // namespace millet::cli
