#!/usr/bin/env bash
# run.sh [pytest arguments]: `make test-peers`. Compares Millet with transformers, tokenizers and PyTorch themselves.
set -euo pipefail
cd "$(dirname "$0")/../.."
code=0
python=$(tests/peers/venv.sh) || code=$?
[ $code -ne 75 ] || exit 0  # skipped, and said so aloud
[ $code -eq 0 ] || exit $code
# Nothing is asked of the Hugging Face hub: every model is a local directory.
HF_HUB_OFFLINE=1 exec "$python" -B -m pytest -p no:cacheprovider -rs --durations=5 tests/peers "$@"
