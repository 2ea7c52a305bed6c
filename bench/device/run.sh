#!/usr/bin/env bash
# run.sh [OUTPUT]: tests and measures vffn on this machine's GPU, in under eight minutes. It runs from an unpacked bundle
# (bundle.sh), or from the source tree, which it then builds with all cores against this machine's CUDA build of PyTorch
# (any 2.x from 2.8; no nvcc). OUTPUT (device-results) gets results.json, results.md and the logs. It needs python3 with
# torch, numpy and safetensors. DEVICE=cpu rehearses it without a GPU.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
output=${1:-device-results}
mkdir -p "$output"
output=$(cd "$output" && pwd)
readonly here root output device=${DEVICE:-cuda}

die() { printf 'run.sh: %s\n' "$*" >&2; exit 1; }

torch=$(python3 -c 'import os, torch; print(os.path.dirname(torch.__file__))') || die "python3 cannot import torch"
version=$(python3 -c 'import torch; print(torch.__version__.split("+")[0])')

if [ -f "$root/bundle.txt" ]; then
  built_with=$(cat "$root/bundle.txt")
  [ "$version" = "$built_with" ] || die "this bundle was built with torch $built_with; this machine has $version: make one with bundle.sh $version"
  programs=$root/bin
  data=$root/data
  libraries=$torch/lib:$root/lib
  # The program's own copies, for machines without them; a newer one of the machine's own comes first.
  ldconfig -p 2>/dev/null | grep -q 'libstdc++\.so\.6' || libraries=$libraries:$root/lib/fallback
else
  build=$root/build-device
  cuda=ON
  [ "$device" != cpu ] || cuda=OFF
  echo "run.sh: building against torch $version"
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_UNITY_BUILD=ON -DVFFN_CUDA=$cuda "-DCMAKE_PREFIX_PATH=$torch" \
    -DVFFN_TESTS_DIR=tests -DVFFN_WITH_ARROW=OFF -DVFFN_BUILD_BENCHMARKS=OFF >"$output/build.log" || die "cmake failed, see $output/build.log"
  # shellcheck disable=SC2046
  ninja -C "$build" vffn device_profile $(sed 's/$/_test/' "$here/tests.txt") >>"$output/build.log" || die "the build failed, see $output/build.log"
  programs=$build/bin
  mkdir -p "$programs"
  ln -sf "$build/vffn" "$build/bench/device/device_profile" "$build"/tests/*_test "$programs/"
  data=$root/.setup/data
  [ -d "$data" ] || die "$data is missing: run make setup"
  python3 "$here/export_tasks.py" "$data" "$output/data"
  cp "$data/tokenizers/allenai_gpt-neox-olmo-dolma-v1_5.json" "$output/data/tokenizer.json"
  data=$output/data
  libraries=$torch/lib
fi

cd "$root"  # the tests read their files from tests/
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$here/measure.py" --programs "$programs" --libraries "$libraries" --data "$data" \
  --output "$output" --device "$device"
