#!/usr/bin/env bash
# setup.sh [build|check|bench|peers|browser|all]…: installs what a group needs and this Debian lacks; without arguments: build.
# The one list of packages: Makefile, .ci/run and Dockerfile call it.
set -euo pipefail

build=(g++ cmake ninja-build ccache git make
       libfmt-dev libcli11-dev libtomlplusplus-dev nlohmann-json3-dev libutf8proc-dev libonig-dev libxxhash-dev
       zlib1g-dev libzstd-dev libedit-dev libjs-chart.js doctest-dev)
check=(clang-format-14 shellcheck git g++ doctest-dev)
bench=(libbenchmark-dev)
peers=(python3 python3-venv)
browser=(chromium fonts-dejavu-core)  # looks at the pages in the slow tests, which skip them aloud without it

wanted=()
for group in "${@:-build}"; do
  case $group in
    build) wanted+=("${build[@]}") ;;
    check) wanted+=("${check[@]}") ;;
    bench) wanted+=("${build[@]}" "${bench[@]}") ;;
    peers) wanted+=("${build[@]}" "${peers[@]}") ;;
    browser) wanted+=("${browser[@]}") ;;
    all) wanted+=("${build[@]}" "${check[@]}" "${bench[@]}" "${peers[@]}" "${browser[@]}") ;;
    *) echo "setup: no group '$group': there are build, check, bench, peers, browser, all" >&2; exit 2 ;;
  esac
done

if ! command -v dpkg-query > /dev/null; then
  echo "setup: this is no Debian; nothing is installed. Millet needs the counterparts of: ${wanted[*]}" >&2
  exit 0
fi
missing=()
for package in "${wanted[@]}"; do
  # shellcheck disable=SC2016  # the format is dpkg's, not the shell's
  state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2> /dev/null) || state=absent
  [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo > /dev/null || { echo "setup: as root: apt-get install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "setup: installing ${missing[*]}" >&2
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 --option DPkg::Lock::Timeout=300 \
    --option Acquire::Retries=3 "$@" < /dev/null > /dev/null
}
apt update
apt install --yes --no-install-recommends "${missing[@]}"
