#!/usr/bin/env bash
# train_tokenizer.sh RESULTS_DIR FILE… [--size 32000] [--pairs 3]: a byte-level BPE tokenizer learned of these files by
# Millet and by `tokenizers`, on two threads, alternating in one run; and how far their merges agree. Leaves
# train_tokenizer.jsonl (every measurement) and train_tokenizer.json (medians, ratio, merges).
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -ge 2 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
results=$1; shift
code=0
python=$(tests/peers/venv.sh) || code=$?
[ $code -ne 75 ] || exit 0  # no package index: skipped, and said so aloud
[ $code -eq 0 ] || exit $code
exec "$python" -B bench/peers/train_tokenizer.py --results "$results" "$@"
