#!/usr/bin/env bash
# Installs dolma 1.2.1 in a virtual environment of its own, .setup/dolma. What is there is not installed again.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly venv=${SETUP_DIR:-.setup}/dolma
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

die() { printf 'bench/tokens/setup.sh: %s\n' "$*" >&2; exit 1; }

want=$(sha256sum <bench/tokens/requirements.txt)
[ ! -f "$venv/complete" ] || [ "$(cat "$venv/complete")" != "$want" ] || exit 0
echo "dolma: Python packages into $venv"
rm -rf "$venv"
python3 -m venv "$venv" || die "python3 -m venv failed: the package python3-venv is missing or broken"
"$venv/bin/python" -m pip --quiet install --no-deps -r bench/tokens/requirements.txt || die "pip failed (see above)"
echo "$want" >"$venv/complete"
