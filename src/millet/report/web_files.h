// What report.html is made of besides its content: files of web/ and Chart.js, embedded when building (src/web.cmake).
#pragma once

#include <string_view>

namespace millet::report {

struct WebFiles {
  std::string_view style;            // web/report.css
  std::string_view script;           // web/report.js
  std::string_view chart_js;         // Chart.js 3.9.1, minified, as Debian ships it
  std::string_view chart_js_notice;  // its MIT licence, which has to go with it
};

const WebFiles& web_files();

}  // namespace millet::report
