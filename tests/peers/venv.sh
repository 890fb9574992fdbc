#!/usr/bin/env bash
# venv.sh: makes build/peers, the Python environment of other people's software, or finds it made; prints its python.
# Exit code 75 and the reason on stderr where the package index does not answer: nothing can be compared then.
set -euo pipefail
cd "$(dirname "$0")/../.."
requirements=tests/golden/requirements.txt
venv=build/peers

stamp="$(sha256sum < "$requirements") $(python3 --version)"
if [ "$(cat "$venv/made_from" 2> /dev/null)" != "$stamp" ]; then
  rm -rf "$venv"
  mkdir -p build
  python3 -m venv "$venv" >&2 || { echo "peers: no venv module: apt-get install python3-venv" >&2; exit 1; }
  # One small package first: if even this cannot be had, it is the network; whatever fails later is ours.
  probe=$(grep '^packaging==' "$requirements")
  if ! "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 15 --no-deps "$probe" >&2; then
    echo "peers: SKIPPED, the Python package index does not answer" >&2
    exit 75
  fi
  echo "peers: installing $requirements into $venv (4 GB)" >&2
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --no-deps --no-compile -r "$requirements" >&2
  echo "$stamp" > "$venv/made_from"
fi
echo "$PWD/$venv/bin/python"
