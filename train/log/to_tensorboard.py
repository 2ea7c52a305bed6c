"""Converts the logs of training runs for TensorBoard. Needs the package tensorboard: pip install tensorboard

    to_tensorboard.py RUN [RUN ...] --output FOLDER
    tensorboard --logdir FOLDER

RUN is a folder of `vffn train` with metrics.jsonl and, if there were evaluations, evaluations.jsonl. The events of a
run go to FOLDER/NAME, NAME being the run's folder. They replace events that an earlier call wrote there.

Scalars: every number of metrics.jsonl (train/...), of each layer (layer_03/mean_loops, mean_lambda,
heaviest_expert: its load over 1/N), held-out loss and task scores (evaluation/...). Histograms: the shares of loop
counts and the loads of experts of each layer. The horizontal axis is the step.
"""

import argparse
import bisect
import itertools
import json
import pathlib
import sys

try:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.types_pb2 import DT_DOUBLE
    from tensorboard.plugins.histogram.metadata import create_summary_metadata
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
except ModuleNotFoundError as error:
    sys.exit(f"to_tensorboard.py needs the Python package tensorboard ({error}): pip install tensorboard")

STEP_SCALARS = ("loss", "balance_loss", "learning_rate", "tau", "gradient_norm", "tokens", "tokens_per_second",
                "utilisation", "flops", "peak_bytes")
EVENT_FILES = "events.out.tfevents.*"
SHARES = create_summary_metadata(display_name=None, description=None)


def read_lines(path):
    """The objects of a log. A last line without a line end is one that a run is still writing: it is left out."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n")[:-1], start=1):
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as error:
            sys.exit(f"{path}:{number}: is not JSON: {error}")
    return rows


def add_scalar(summary, tag, value):
    summary.value.add(tag=tag, simple_value=value)


def add_shares(summary, tag, shares, first):
    """Shares of the values first, first + 1, ... as a histogram with one bucket for each value."""
    buckets = [(value - 0.5, value + 0.5, share) for value, share in enumerate(shares, start=first)]
    tensor = TensorProto(dtype=DT_DOUBLE, double_val=itertools.chain.from_iterable(buckets))
    for size in (len(buckets), 3):
        tensor.tensor_shape.dim.add(size=size)
    summary.value.add(tag=tag, metadata=SHARES, tensor=tensor)


def add_layer(summary, name, layer):
    for key in ("mean_loops", "mean_lambda"):
        if key in layer:
            add_scalar(summary, f"{name}/{key}", layer[key])
    if layer.get("loop_shares"):
        add_shares(summary, f"{name}/loops", layer["loop_shares"], first=1)
    if layer.get("expert_load"):
        load = layer["expert_load"]
        add_scalar(summary, f"{name}/heaviest_expert", max(load) * len(load))
        add_shares(summary, f"{name}/experts", load, first=0)


def step_summary(row):
    summary = Summary()
    for key in STEP_SCALARS:
        if key in row:
            add_scalar(summary, f"train/{key}", row[key])
    layers = row.get("layers", [])
    digits = len(str(len(layers) - 1))
    for index, layer in enumerate(layers):
        add_layer(summary, f"layer_{index:0{digits}}", layer)
    return summary


def evaluation_summary(row):
    summary = Summary()
    for key in ("held_out_loss", "bits_per_byte", "sampled_held_out_loss"):
        if key in row:
            add_scalar(summary, f"evaluation/{key}", row[key])
    for task in row.get("tasks", []):
        add_scalar(summary, f"evaluation/{task['task']}/{task['metric']}", task["score"])
    return summary


def clock(rows, end):
    """The wall time of a step, by the time that training took; the last logged step was at `end`."""
    steps = [0, *(row["step"] for row in rows)]
    # A line has the mean time of the steps since the line before.
    spent = [(row["step"] - last) * row["seconds"] for row, last in zip(rows, steps)]
    until = list(itertools.accumulate(spent, initial=0.0))
    return lambda step: end - until[-1] + until[bisect.bisect_right(steps, step) - 1]


def convert(run, folder):
    metrics, evaluations = run / "metrics.jsonl", run / "evaluations.jsonl"
    if not metrics.is_file():
        sys.exit(f"{run}: is no folder of a training run: it has no metrics.jsonl")
    steps = read_lines(metrics)
    points = read_lines(evaluations) if evaluations.is_file() else []
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(EVENT_FILES):
        old.unlink()
    time_of = clock(steps, metrics.stat().st_mtime)
    writer = EventFileWriter(str(folder))
    for rows, summary_of in ((steps, step_summary), (points, evaluation_summary)):
        for row in rows:
            writer.add_event(Event(step=row["step"], wall_time=time_of(row["step"]), summary=summary_of(row)))
    writer.close()
    print(f"wrote {folder}: {len(steps)} steps, {len(points)} evaluations")


def main():
    parser = argparse.ArgumentParser(description="Converts the logs of training runs for TensorBoard.")
    parser.add_argument("runs", nargs="+", type=pathlib.Path, metavar="RUN", help="folder of a training run")
    parser.add_argument("--output", required=True, type=pathlib.Path, help="folder for --logdir of tensorboard")
    options = parser.parse_args()
    names = [run.resolve().name for run in options.runs]
    if len(set(names)) < len(names):
        sys.exit(f"two runs have the same name: {', '.join(names)}")
    for run, name in zip(options.runs, names):
        convert(run, options.output / name)


if __name__ == "__main__":
    main()
