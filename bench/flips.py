#!/usr/bin/env python3
"""Lists the documents for which two ledgers predict different choices: bench/flips.py A/ledger.jsonl B/ledger.jsonl

Predictions are those of the profile `olmo`: log-likelihood per character without the leading blank, or the plain sum for
SciQ, ARC-easy and WinoGrande. A margin is the distance from the best choice to the second best, in those units.
"""

import json
import sys

SUMS = ("sciq", "arc_easy", "winogrande")


def read(path: str) -> dict:
    docs = {}
    with open(path) as file:
        for line in file:
            row = json.loads(line)
            if row.get("row") == "doc":
                docs[row["task"], row["doc_id"]] = row
    return docs


def predict(row: dict) -> tuple:
    """Index of the best choice, and its margin over the second best."""
    scores = [
        sum(choice["log_probs"]) / (1 if row["task"] in SUMS else choice["characters_without_blank"])
        for choice in row["choices"]
    ]
    best = max(range(len(scores)), key=lambda i: (scores[i], -i))
    return best, scores[best] - max(score for i, score in enumerate(scores) if i != best)


def main() -> None:
    a, b = read(sys.argv[1]), read(sys.argv[2])
    both = sorted(a.keys() & b.keys())
    right = {}
    print("| task | doc | gold | first predicts (margin) | second predicts (margin) |\n|---|--:|--:|--:|--:|")
    flips = 0
    for key in both:
        (first, first_margin), (second, second_margin) = predict(a[key]), predict(b[key])
        gold = a[key]["gold"]
        counts = right.setdefault(key[0], [0, 0, 0])
        counts[0] += 1
        counts[1] += first == gold
        counts[2] += second == gold
        if first != second:
            flips += 1
            print(f"| {key[0]} | {key[1]} | {gold} | {first} ({first_margin:.4f}) | {second} ({second_margin:.4f}) |")
    print(f"\n{flips} of {len(both)} predictions differ. Correct answers, first and second:\n")
    print("| task | docs | first | second |\n|---|--:|--:|--:|")
    for task, (docs, first, second) in right.items():
        print(f"| {task} | {docs} | {first} | {second} |")


if __name__ == "__main__":
    main()
