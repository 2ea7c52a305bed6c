"""summary.py STUDY SIZE...: prints the sets of the corpus, their tokens in each vocabulary, and shared sequences."""

import csv
import gzip
import json
import pathlib
import sys


def tokens_of_sets(folder):
    """Set -> tokens in the training files and in the held-out files together, ends of documents included."""
    tokens = {}
    for table in sorted(folder.glob("**/*.csv.gz")):
        with gzip.open(table, "rt", encoding="utf-8", newline="") as file:
            for start, end, _, source, _ in csv.reader(file):
                name = pathlib.Path(source).stem
                tokens[name] = tokens.get(name, 0) + int(end) - int(start)
    return tokens


def lines(study, sizes):
    sets = json.loads((study / "corpus" / "sets.json").read_text(encoding="utf-8"))
    tokens = [tokens_of_sets(study / f"tokens-{size}") for size in sizes]
    yield f"{'set':<11}{'documents':>10}{'MB':>8}" + "".join(f"{f'tokens {size}':>14}" for size in sizes) + "  licence"
    for name, row in sets.items():
        counts = "".join(f"{count[name]:>14,}" for count in tokens)
        yield f"{name:<11}{row['documents']:>10}{row['bytes'] / 1e6:>8.2f}{counts}  {'; '.join(row['licences'])}"
    yield (f"{'all':<11}{sum(row['documents'] for row in sets.values()):>10}"
           f"{sum(row['bytes'] for row in sets.values()) / 1e6:>8.2f}" +
           "".join(f"{sum(count.values()):>14,}" for count in tokens))
    table = json.loads((study / "overlap" / "overlap.json").read_text(encoding="utf-8"))
    yield f"documents of the benchmarks that share {table['words_in_a_sequence']} words in sequence with a set:"
    for name, row in table["sets"].items():
        counts = {benchmark: cell["benchmark_documents"] for benchmark, cell in row.items()}
        found = [f"{benchmark} {count}" for benchmark, count in counts.items() if count]
        yield f"  {name:<11}" + (", ".join(found) or "none")


if __name__ == "__main__":
    print("\n".join(lines(pathlib.Path(sys.argv[1]), sys.argv[2:])))
