#!/usr/bin/env bash
# compare.sh RESULTS_DIR [--pairs 5] [--steps 10]: a training step of the 10 M-parameter model in Millet and in PyTorch,
# alternating in one run. Leaves pretrain_step.jsonl (every measurement) and pretrain_step.json (medians, ratio).
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -ge 1 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
code=0
python=$(tests/peers/venv.sh) || code=$?
[ $code -ne 75 ] || exit 0  # no package index: skipped, and said so aloud
[ $code -eq 0 ] || exit $code
exec "$python" -B bench/peers/compare.py "$@"
