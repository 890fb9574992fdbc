# The sources of the pages as C++ bytes: run as a script with OUT and the files, it writes a source that defines
# report::web_files(). Without them it declares how to make that source.
if(CMAKE_SCRIPT_MODE_FILE)
  set(text "// Made from web/ when building: see src/web.cmake.\n#include \"millet/report/web_files.h\"\n\n")
  string(APPEND text "namespace millet::report {\n\nconst WebFiles& web_files() {\n  static const WebFiles files = {\n")
  foreach(name style script chart_js chart_js_notice)
    file(READ ${${name}} bytes)
    string(FIND "${bytes}" ")millet_web\"" clash)
    if(NOT clash EQUAL -1)
      message(FATAL_ERROR "${${name}} holds the end of its own quotation")
    endif()
    string(APPEND text "      .${name} = R\"millet_web(${bytes})millet_web\",\n")
  endforeach()
  string(APPEND text "  };\n  return files;\n}\n\n}  // namespace millet::report\n")
  file(WRITE ${OUT} "${text}")
  return()
endif()

find_file(CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js REQUIRED)  # Debian: libjs-chart.js
set(MILLET_WEB ${PROJECT_SOURCE_DIR}/web)
set(MILLET_WEB_SOURCE ${CMAKE_CURRENT_BINARY_DIR}/generated/millet/report/web_files.cc)
add_custom_command(OUTPUT ${MILLET_WEB_SOURCE}
                   COMMAND ${CMAKE_COMMAND} -DOUT=${MILLET_WEB_SOURCE} -Dstyle=${MILLET_WEB}/report.css
                           -Dscript=${MILLET_WEB}/report.js -Dchart_js=${CHART_JS}
                           -Dchart_js_notice=${MILLET_WEB}/chart.js.LICENSE -P ${CMAKE_CURRENT_LIST_FILE}
                   DEPENDS ${MILLET_WEB}/report.css ${MILLET_WEB}/report.js ${MILLET_WEB}/chart.js.LICENSE ${CHART_JS}
                           ${CMAKE_CURRENT_LIST_FILE}
                   COMMENT "Embedding the sources of the pages")
target_sources(millet_library PRIVATE ${MILLET_WEB_SOURCE})
