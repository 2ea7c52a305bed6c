"""Runs dolma's tokenizer on one JSON Lines file with one process, without shuffling, so that its files can be compared.

    .setup/dolma/bin/python bench/tokens/run_dolma.py TOKENIZER EOS INPUT OUTPUT
"""

import importlib
import pathlib
import random
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/golden/tokens_files"))

from make_goldens import MockMissing  # noqa: E402

# These must be real; what dolma imports for its taggers is replaced.
for needed in ("msgspec", "numpy", "omegaconf", "smart_open", "tokenizers", "tqdm", "zstandard"):
    importlib.import_module(needed)
sys.meta_path.append(MockMissing())

from dolma.tokenizer import executor  # noqa: E402


def main():
    tokenizer, eos, source, output = sys.argv[1:]
    random.shuffle = lambda items: None
    with tempfile.TemporaryDirectory(prefix="vffn_dolma_") as metadata:
        executor.tokenize_in_parallel(
            sources=[source], destination=output, num_writers=1, tokenizer_name_or_path=tokenizer,
            eos_token_id=int(eos), pad_token_id=1, seed=0, metadata_dir=metadata, max_size=1 << 30, dtype="uint16",
            debug=True)


if __name__ == "__main__":
    main()
