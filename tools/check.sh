#!/usr/bin/env bash
# check.sh: what holds for every commit and needs no build: formatting, rules of the house, no absolute paths, no large
# files, shell scripts. The commit hook (tools/pre-commit) and CI's first step.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
bad=0
refuse() {
  echo "check: $1" >&2
  [ $# -lt 2 ] || printf '%s\n' "$2" | head -n 20 | sed 's/^/  /' >&2
  bad=1
}

tools/format.sh --check || refuse "not formatted: make format"

# The rules of the house are tests that need no library (but for the one that looks at objects), so they are compiled
# here by themselves.
rules=build/check/rules
mkdir -p build/check
if [ ! -x $rules ] || [ -n "$(find tests/main.cc tests/architecture -name '*.*' -newer $rules)" ]; then
  rm -f $rules
  sources=$(find tests/architecture -name '*.cc' ! -name 'kernel_symbols_test.cc')
  # shellcheck disable=SC2086  # one word a file: our paths hold no spaces
  g++ -std=c++20 -I. -DMILLET_SOURCE_DIR="\"$PWD\"" tests/main.cc $sources -o $rules
fi
if [ -x $rules ]; then
  answer=$($rules --no-version=true 2>&1) || refuse "rules of the house (tests/architecture)" "$answer"
else
  refuse "the rules of the house do not compile"
fi

marks=$(git grep -nIE '^(<{7}|>{7}|\|{7}) ' -- .) && refuse "a merge was left unfinished:" "$marks"

# Everything written must mean the same on another machine.
paths=$(git grep -nIE '(^|[^A-Za-z0-9_.~}])/(home|root|work|mnt|Users)/[A-Za-z0-9_.]' -- . ':!*.jsonl') &&
  refuse "absolute paths of a machine:" "$paths"

large=$(git ls-files -z --cached --others --exclude-standard |
  xargs -0 -r stat --format='%s %n' 2> /dev/null | awk '$1 > 2000000')
[ -z "$large" ] || refuse "files over 2 MB (keep them out of the repository, or make them by script):" "$large"

if command -v shellcheck > /dev/null; then
  scripts=$(git grep -lIE '^#!.*\b(bash|sh)$' -- .)
  # shellcheck disable=SC2086
  answer=$(shellcheck --severity=warning $scripts) || refuse "shellcheck:" "$answer"
fi
exit $bad
