"""Writes the logs of three invented training runs beside itself: dense, versatile and moe (see ../README.md).

    make_runs.py [FOLDER] [--layers N] [--steps N] [--every N]
"""

import argparse
import json
import math
import pathlib
import random

TOKENS_PER_STEP = 2048
MAX_LOOPS, EXPERTS = 4, 8


def rounded(value, digits=4):
    return float(f"{value:.{digits}g}")


def shares(weights):
    """Shares that add up to exactly 1 as they are written."""
    total = sum(weights)
    parts = [round(weight / total, 4) for weight in weights[:-1]]
    return [*parts, round(1 - sum(parts), 4)]


def loop_shares(layer, layers, progress):
    preferred = 1 + (MAX_LOOPS - 1) * (0.5 + 0.5 * math.cos(2 * math.pi * layer / layers))
    sharpness = 3 * progress
    return shares([math.exp(-sharpness * abs(loops - preferred)) for loops in range(1, MAX_LOOPS + 1)])


def expert_load(layer, progress):
    return shares([1 + 2 * progress * (expert == layer % EXPERTS) for expert in range(EXPERTS)])


def layer_of(kind, layer, layers, progress):
    metrics = {}
    if kind == "versatile":
        loops = loop_shares(layer, layers, progress)
        mean = sum(share * (i + 1) for i, share in enumerate(loops))
        metrics |= {"loop_shares": loops, "mean_loops": rounded(mean), "mean_lambda": rounded((MAX_LOOPS - mean) / MAX_LOOPS)}
    if kind != "dense":
        metrics["expert_load"] = expert_load(layer, progress)
    return metrics


def step_of(kind, step, steps, layers, noise):
    progress = step / steps
    speed = {"dense": 12300, "moe": 10200, "versatile": 7700}[kind] * noise.uniform(0.95, 1.02)
    line = {"step": step, "tokens": step * TOKENS_PER_STEP,
            "loss": rounded(4.3 + 4 * math.exp(-9 * progress) + 0.05 * (kind != "dense") + noise.gauss(0, 0.05), 5)}
    if kind != "dense":
        line["balance_loss"] = rounded(1 + 0.4 * progress)
    warm_up = min(1, step / (0.05 * steps))
    line["learning_rate"] = rounded(1.5e-3 * warm_up * (0.55 + 0.45 * math.cos(math.pi * progress)))
    if kind == "versatile":
        line["tau"] = rounded(max(0.1, 5 * math.exp(-5 * progress)))
    line |= {"gradient_norm": rounded(math.exp(noise.gauss(0, 0.2)) * (1 + 5 * math.exp(-20 * progress))),
             "seconds": rounded(TOKENS_PER_STEP / speed), "tokens_per_second": rounded(speed, 6),
             "flops": 2.5e10, "utilisation": rounded(0.3 * noise.uniform(0.95, 1.02)),
             "peak_bytes": int(7e8 + 1e8 * min(1, 10 * progress))}
    return line | ({} if kind == "dense" else
                   {"layers": [layer_of(kind, layer, layers, progress) for layer in range(layers)]})


def evaluation_of(kind, step, steps, noise):
    loss = 4.35 + 4 * math.exp(-9 * step / steps) + 0.05 * (kind != "dense")
    tasks = [{"task": task, "metric": metric, "score": rounded(score + noise.gauss(0, 0.004)), "docs": 500}
             for task, chance in (("piqa", 0.5), ("sciq", 0.25))
             for metric, score in (("acc_norm", chance + 0.05 * step / steps), ("bits_per_byte", loss / 2))]
    sampled = {"sampled_held_out_loss": rounded(loss + 0.013)} if kind == "versatile" else {}
    return {"step": step, "tokens": step * TOKENS_PER_STEP, "held_out_loss": rounded(loss),
            "bits_per_byte": rounded(loss / math.log(2) / 3.17), **sampled, "tasks": tasks}


def write(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--every", type=int, default=10)
    options = parser.parse_args()
    for kind in ("dense", "moe", "versatile"):
        noise = random.Random(kind)
        folder = options.folder / kind
        folder.mkdir(parents=True, exist_ok=True)
        steps = range(options.every, options.steps + 1, options.every)
        write(folder / "metrics.jsonl", (step_of(kind, step, options.steps, options.layers, noise) for step in steps))
        points = range(0, options.steps + 1, max(1, options.steps // 5))
        write(folder / "evaluations.jsonl", (evaluation_of(kind, step, options.steps, noise) for step in points))


if __name__ == "__main__":
    main()
