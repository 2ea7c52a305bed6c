"""ARC-challenge as token requests, for the contestants other than vffn: the prompt of tasks/arc.cc, the paper's tokenizer,
context and continuation tokenised separately."""

from pathlib import Path

import pyarrow
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parent.parent.parent
TOKENIZER = "tokenizers/allenai_gpt-neox-olmo-dolma-v1_5.json"
VALIDATION = "hf_datasets/ai2_arc/ARC-Challenge/validation/data-00000-of-00001.arrow"


def load(data: Path, count: int) -> list:
    """The first docs: for each, a list of (context, continuation) token ids, one per choice."""
    with pyarrow.memory_map(str(data / VALIDATION)) as source:
        docs = pyarrow.ipc.open_stream(source).read_all().slice(0, count).to_pylist()
    tokenizer = Tokenizer.from_file(str(data / TOKENIZER))

    def encode(text: str) -> list:
        return tokenizer.encode(text, add_special_tokens=False).ids

    return [
        [
            (encode(f"Question: {doc['question']}\nAnswer:"), encode(f" {answer}"))
            for answer in doc["choices"]["text"]
        ]
        for doc in docs
    ]


def count_tokens(docs: list) -> dict:
    """query_tokens: tokens of every choice as a separate sequence; trie_tokens: distinct prefixes of each doc."""
    queries = [[tuple(context + continuation[:-1]) for context, continuation in doc] for doc in docs]
    return {
        "query_tokens": sum(len(query) for doc in queries for query in doc),
        "trie_tokens": sum(
            len({query[:length] for query in doc for length in range(1, len(query) + 1)}) for doc in queries
        ),
    }
