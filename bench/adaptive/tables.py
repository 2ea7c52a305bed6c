"""The tables of run.py. A row contains a contestant's medians and the executed work it reported (model/executed_work.h)."""


def markdown(head: list, lines: list) -> str:
    align = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, align, *lines])


def base_of(rows: dict, row: dict, contestant: str):
    return rows.get(f"{row['model'].split('-')[0]}-base {contestant}")


def work_table(rows: dict, peak) -> str:
    """Executed work and time of vffn, and both relative to the dense model."""
    head = ["vffn", "s", "µs a query token", "µs a row", "MFLOPs a row: FFN", "experts", "routing", "attention", "head", "all"]
    head += ["GFLOP/s", "of peak", "ps a FLOP", "FLOPs / dense", "time / dense", "time / FLOPs"]
    lines = []
    for row in rows.values():
        if not row["contestant"].startswith("vffn"):
            continue
        flops, seconds = row["executed"]["flops"], row["seconds_scoring"]
        parts = [flops["ffn"], flops["experts"], flops["routing"], flops["attention_projections"] + flops["attention"]]
        parts += [flops["output_head"], flops["total"]]
        rate = flops["total"] / seconds
        line = [row["model"] + row["contestant"].removeprefix("vffn"), f"{seconds:.1f}"]
        line += [f"{seconds / row['query_tokens'] * 1e6:.0f}", f"{seconds / row['rows'] * 1e6:.0f}"]
        line += [f"{part / row['rows'] / 1e6:.1f}" for part in parts]
        line += [f"{rate / 1e9:.0f}", f"{rate / peak:.0%}" if peak else "-", f"{1e12 / rate:.2f}"]
        base = base_of(rows, row, "vffn")
        if base and base["docs"] == row["docs"]:
            work = flops["total"] / base["executed"]["flops"]["total"]
            time = seconds / base["seconds_scoring"]
            line += [f"{work:.3f}", f"{time:.3f}", f"{time / work:.3f}"]
        else:
            line += ["-"] * 3
        lines.append(line)
    return markdown(head, lines)


def comparison_table(rows: dict) -> str:
    """The contestants that compute the same model: their times, and the difference of their log-likelihoods."""
    head = ["", "docs", "rounds", "process (s)", "scoring (s)", "rows", "µs a row", "µs a query token"]
    head += ["time / vffn's, a query token", "a row", "log-likelihoods: greatest difference", "median"]
    lines = []
    for name, row in rows.items():
        own = rows.get(f"{row['model']} vffn")
        if row["contestant"] == "vffn" and not any(
            other["model"] == row["model"] and other is not row for other in rows.values()
        ):
            continue
        seconds = row["seconds_scoring"]
        line = [name, str(row["docs"]), str(row["rounds"]), f"{row['seconds_total']:.1f}", f"{seconds:.1f}"]
        line += [str(row["rows"]), f"{seconds / row['rows'] * 1e6:.0f}", f"{seconds / row['query_tokens'] * 1e6:.0f}"]
        if own:
            for unit in ("query_tokens", "rows"):
                line.append(f"{seconds / row[unit] / (own['seconds_scoring'] / own[unit]):.2f}")
            differences = sorted(abs(a - b) for a, b in zip(row["log_likelihoods"], own["log_likelihoods"]))
            line += [f"{differences[-1]:.1e}", f"{differences[len(differences) // 2]:.1e}"]
        else:
            line += ["-"] * 4
        lines.append(line)
    return markdown(head, lines)


def formula_table(rows: dict, configs: dict) -> str:
    """Executed FFN FLOPs compared with those that the loop counts require, and with the paper's formula."""
    head = ["FFN MFLOPs a row, vffn", "N_mean", "P", "executed", "by the histogram of loops", "equal", "paper's formula"]
    head += ["executed / formula", "routing"]
    lines = []
    for row in rows.values():
        if row["contestant"] not in ("vffn", "vffn reusing"):
            continue
        config, work = configs[row["model"]], row["executed"]
        tokens, layers = work["tokens"], config["n_layers"]
        base = 6 * config["d_model"] * config["ffn_hidden_size"]  # of one layer and token
        expert = 6 * config["d_model"] * config.get("top_k", 0) * config.get("expert_hidden_size", 0)
        loops, active = [], []  # sums over tokens, by layer
        for layer in work["layers"]:
            histogram = layer.get("loop_histogram")
            fixed = tokens * config.get("max_loops", 1)
            loops.append(sum(i * count for i, count in enumerate(histogram, 1)) if histogram else fixed)
            active.append(layer.get("width_tokens", tokens if config["ffn"] == "moe" else 0))
        executed = [layer["ffn"] + layer["experts"] for layer in work["layers"]]
        reused = [layer.get("reused_tokens", 0) for layer in work["layers"]]  # two of an expert's three products
        exact = [
            base * loop + expert * width - expert // 3 * 2 * less for loop, width, less in zip(loops, active, reused)
        ]
        mean, share = sum(loops) / tokens / layers, sum(active) / tokens / layers
        formula = layers * (base * mean + expert * share)
        line = [row["model"] + row["contestant"].removeprefix("vffn"), f"{mean:.3f}", f"{share:.3f}", f"{sum(executed) / tokens / 1e6:.3f}"]
        line += [f"{sum(exact) / tokens / 1e6:.3f}", "yes" if executed == exact else "NO", f"{formula / 1e6:.3f}"]
        line += [f"{sum(executed) / tokens / formula:.5f}", f"{work['flops']['routing'] / tokens / 1e6:.3f}"]
        lines.append(line)
    return markdown(head, lines)
