#!/usr/bin/env bash
# format.sh [--check]: formats our C++ with clang-format 14 (other versions differ), or names what is not formatted.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v clang-format-14 > /dev/null || { echo "format: clang-format-14 is missing: tools/setup.sh check" >&2; exit 1; }
mode=(-i)
[ "${1:-}" != --check ] || mode=(--dry-run --Werror)
git ls-files -z --cached --others --exclude-standard -- '*.h' '*.cc' |
  while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done |
  xargs -0 -r clang-format-14 "${mode[@]}"
