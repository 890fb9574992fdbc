#!/usr/bin/env bash
# encode_texts.sh RESULTS_DIR --tokenizer DIR… FILE… [--rounds 3]: the lines of the files encoded by Millet and by
# `tokenizers` on one thread, alternating in one run, each time by a tokenizer just loaded; program start, files and JSON
# are in none of the figures. Leaves encode_texts.jsonl (every measurement) and encode_texts.json (medians, ratios).
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -ge 2 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
results=$1; shift
code=0
python=$(tests/peers/venv.sh) || code=$?
[ $code -ne 75 ] || exit 0  # no package index: skipped, and said so aloud
[ $code -eq 0 ] || exit $code
exec "$python" -B bench/peers/encode_texts.py --results "$results" "$@"
