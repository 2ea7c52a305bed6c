#!/usr/bin/env bash
# bundle.sh VERSION [OUTPUT]: makes an archive (under 60 MB) that tests and measures vffn on a GPU machine with PyTorch
# VERSION and nothing else: the programs and tests, built here against that version, the shared libraries that they need
# (not LibTorch's), the eight tasks' data. There: unpack it, bench/device/run.sh. It needs `make setup` and pip.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
version=${1:?usage: bundle.sh VERSION [OUTPUT]}
output=${2:-vffn-device-torch-$version.tar.xz}
readonly root version output work=.setup/device
readonly site=$work/torch-$version build=$work/build-$version stage=$work/bundle

[ -f "$site/torch/lib/libtorch_cpu.so" ] || python3 -m pip --quiet install --no-deps --target "$site" "torch==$version"
mapfile -t tests < <(sed 's/$/_test/' bench/device/tests.txt)
cmake -S . -B "$build" -G Ninja -DCMAKE_UNITY_BUILD=ON -DVFFN_CUDA=OFF "-DCMAKE_PREFIX_PATH=$root/$site/torch" \
  -DVFFN_TESTS_DIR=tests -DVFFN_WITH_ARROW=OFF -DVFFN_BUILD_BENCHMARKS=OFF >/dev/null
ninja -C "$build" vffn device_profile "${tests[@]}"

rm -rf "$stage"
mkdir -p "$stage"/{bin,lib/fallback,bench,data,tests}
for program in vffn bench/device/device_profile "${tests[@]/#/tests/}"; do
  strip -o "$stage/bin/$(basename "$program")" "$build/$program"
done
# The libraries of the programs: without glibc's, which belong to the machine, and LibTorch's with what it brings along.
LD_LIBRARY_PATH=$site/torch/lib ldd "$stage"/bin/* | awk '$3 ~ /^\// { print $3 }' | sort -u |
  grep -v -e "^$root/$site" -e "^$site" | grep -vE '/(libc|libm|libdl|librt|libpthread|libresolv|libgomp|libcudart|libcupti)\.so' |
  while read -r library; do
    case $library in
      */libstdc++.so.* | */libgcc_s.so.*) cp -L "$library" "$stage/lib/fallback/" ;;
      *) cp -L "$library" "$stage/lib/" ;;
    esac
  done
strip --strip-unneeded "$stage"/lib/*.so* "$stage"/lib/fallback/*.so* 2>/dev/null || true
.setup/venv/bin/python bench/device/export_tasks.py .setup/data "$stage/data"
cp .setup/data/tokenizers/allenai_gpt-neox-olmo-dolma-v1_5.json "$stage/data/tokenizer.json"
cp -r configs "$stage/"
mkdir "$stage/bench/adaptive"
cp bench/adaptive/{make_model,plain_torch}.py "$stage/bench/adaptive/"
cp -r bench/device "$stage/bench/"
[ -n "${WITHOUT_FIXTURES:-}" ] || cp -r tests/golden tests/testdata "$stage/tests/"
echo "$version" >"$stage/bundle.txt"
XZ_OPT="-T2 -9" tar -C "$stage" -cJf "$output" .
du -h "$output"
