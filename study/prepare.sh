#!/usr/bin/env bash
# prepare.sh [VOCABULARY ...]: the corpus of the study and its token files in .setup/study, for vocabularies of 4096 and
# 8192 ids unless others are given (study/README.md). Run `make setup` and `make build` first. What is there already is
# not made again: a second run does nothing, and a run after an interruption continues.
# SETUP_DIR: another folder than .setup. VFFN: another program than build/vffn.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly setup_dir=${SETUP_DIR:-.setup} vffn=${VFFN:-build/vffn}
readonly study=$setup_dir/study data=$setup_dir/data python=$setup_dir/venv/bin/python
readonly paper_tokenizer=$data/tokenizers/allenai_gpt-neox-olmo-dolma-v1_5.json
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PYTHONDONTWRITEBYTECODE=1

say() { printf 'study: %s\n' "$*"; }
die() { printf 'study: %s\n' "$*" >&2; exit 1; }

# fetch REGISTRY NAME VERSION FILE SHA256: into $study/packages, through the registry's own client.
fetch() {
  local target=$study/packages/$4 part=$study/packages.new
  [ ! -f "$target" ] || return 0
  say "fetching $2 $3"
  rm -rf "$part"
  mkdir -p "$study/packages" "$part"
  case $1 in
    pip) "$python" -m pip --quiet download --no-deps --only-binary=:all: -d "$part" "$2==$3" ;;
    npm)
      command -v npm >/dev/null || die "npm is needed to fetch $2 (Debian and Ubuntu: apt-get install npm)"
      npm pack --silent --pack-destination "$part" "$2@$3" >/dev/null ;;
    *) die "study/packages.txt: unknown registry '$1'" ;;
  esac || die "$1 could not fetch $2 $3 (see above)"
  [ "$(sha256sum <"$part/$4" | cut -d' ' -f1)" = "$5" ] ||
    die "$2 $3: the SHA-256 of $4 differs from the one in study/packages.txt"
  mv "$part/$4" "$target"
  rm -rf "$part"
}

# make_folder NAME "FILES" COMMAND ...: runs the command, which makes $study/NAME.new, and renames it to $study/NAME;
# again only if the content of FILES has changed.
make_folder() {
  local folder=$study/$1 stamp
  stamp=$(cat $2 | sha256sum | cut -d' ' -f1)
  [ ! -f "$folder/made_from" ] || [ "$(cat "$folder/made_from")" != "$stamp" ] || return 0
  say "making $folder"
  rm -rf "$folder.new"
  "${@:3}" || die "$folder was not made (see above)"
  echo "$stamp" >"$folder.new/made_from"
  rm -rf "$folder"
  mv "$folder.new" "$folder"
}

tokenize() {  # vocabulary
  local name files=()
  for name in $("$python" -c 'import json, sys; print(*json.load(open(sys.argv[1])))' "$study/corpus/sets.json"); do
    files+=("$study/corpus/$name.jsonl")
  done
  "$vffn" tokens --tokenizer "$study/tokenizer-$1/tokenizer.json" --eos_token_id $(($1 - 1)) --shuffle --seed 0 \
    --held_out 0.02 --held_out_by text --output "$study/tokens-$1.new" "${files[@]}"
}

[ -d "$data" ] && [ -x "$python" ] || die "$setup_dir is not complete: run make setup"
[ -x "$vffn" ] || die "$vffn is missing: run make build"
vocabularies=("$@")
[ $# -gt 0 ] || vocabularies=(4096 8192)
mkdir -p "$study"
exec 9>"$study/lock"
flock 9
while read -r registry name version file sha256; do
  fetch "$registry" "$name" "$version" "$file" "$sha256" </dev/null
done < <(grep -v '^#' study/packages.txt)
make_folder corpus "study/packages.txt $(echo study/{corpus,sets,passages,brown,documents}.py)" \
  "$python" study/corpus.py "$study/packages" "$data" "$study/corpus.new"
make_folder overlap "study/overlap.py $study/corpus/made_from" \
  "$python" study/overlap.py "$study/corpus" "$data" "$study/overlap.new"
for size in "${vocabularies[@]}"; do
  make_folder "tokenizer-$size" "study/tokenizer.py $paper_tokenizer" \
    "$python" study/tokenizer.py "$paper_tokenizer" "$size" "$study/tokenizer-$size.new"
  make_folder "tokens-$size" "$study/corpus/made_from $study/tokenizer-$size/tokenizer.json" tokenize "$size"
done
"$python" study/summary.py "$study" "${vocabularies[@]}"
