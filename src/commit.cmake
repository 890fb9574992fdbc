# Writes the header that names the commit being built, and touches it only when the commit has moved.
#   cmake -DSOURCE=<repository> -DHEADER=<file> -P commit.cmake
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD OUTPUT_VARIABLE commit
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(commit "unknown (built outside of a git checkout)")
endif()
set(text "// The commit that this build was made from. Written by the build.\n#pragma once\n
namespace millet::cli {
inline constexpr char kCommit[] = \"${commit}\";
}\n")
set(old "")
if(EXISTS ${HEADER})
  file(READ ${HEADER} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${HEADER} "${text}")
endif()
