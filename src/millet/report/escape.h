// Foreign text made safe for the place where it is shown: what a model says may hold tags, quotes and broken bytes.
#pragma once

#include <string>
#include <string_view>

namespace millet::report {

// Each byte that is not part of well-formed UTF-8 becomes U+FFFD, so that the text can stand in JSON and HTML.
std::string well_formed(std::string_view text);

// For text between tags and for attribute values in quotes: & < > " ' as entities, control characters (but tab and line
// break) as their pictures (␛), broken UTF-8 as U+FFFD.
std::string escape_html(std::string_view text);

// JSON for a <script> element: < > & and the line separators U+2028 and U+2029 as \u escapes. They can stand in strings
// alone, so the value stays the same, and neither </script> nor <!-- can occur.
std::string json_for_script(std::string_view json);

}  // namespace millet::report
