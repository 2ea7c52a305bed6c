#!/usr/bin/env bash
# Makes page.png and figure.png from the output of `make demo`. Needs Chromium (Debian package: chromium).
#   docs/images/make.sh [FOLDER]        FOLDER: the output of the demo (default: output/demo)
set -euo pipefail
demo=$(realpath "${1:-output/demo}")
images=$(dirname "$(realpath "$0")")

screenshot() {  # file, width,height in CSS pixels, device pixels per CSS pixel, picture
  local profile
  profile=$(mktemp -d)
  chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" --virtual-time-budget=8000 \
    --window-size="$2" --force-device-scale-factor="$3" --screenshot="$4" "file://$1" 2>/dev/null
  rm -rf "$profile"
}

figure=$(ls "$demo"/figures/loops-*.svg | head -n 1)
size=$(head -c 400 "$figure" | sed -E 's/.* width="([0-9]+)" height="([0-9]+)".*/\1,\2/')
screenshot "$figure" "$size" 2 "$images/figure.png"
screenshot "$demo/report.html" 1280,1380 0.65 "$images/page.png"
