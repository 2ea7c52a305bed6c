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
import json
import pathlib
import sys

try:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.histogram import metadata as histogram
    from tensorboard.plugins.scalar.summary_v2 import scalar_pb
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    from tensorboard.util.tensor_util import make_tensor_proto
except ModuleNotFoundError as error:
    sys.exit(f"to_tensorboard.py needs the Python package tensorboard ({error}): pip install tensorboard")

STEP_SCALARS = ("loss", "balance_loss", "learning_rate", "tau", "gradient_norm", "tokens", "tokens_per_second",
                "utilisation", "flops", "peak_bytes")
EVENT_FILES = "events.out.tfevents.*"


def read_lines(path):
    """The objects of a log. A last line without a line end is one that a run is still writing: it is left out."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n")[:-1], start=1):
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as error:
            sys.exit(f"{path}:{number}: is not JSON: {error}")
    return rows


def shares_pb(tag, shares, first):
    """Shares of the values first, first + 1, ... as a histogram with one bucket for each value."""
    buckets = [[value - 0.5, value + 0.5, share] for value, share in enumerate(shares, start=first)]
    summary = Summary()
    summary.value.add(tag=tag, metadata=histogram.create_summary_metadata(display_name=None, description=None),
                      tensor=make_tensor_proto(buckets, dtype="float64"))
    return summary


def layer_summaries(layers):
    digits = len(str(len(layers) - 1))
    for index, layer in enumerate(layers):
        name = f"layer_{index:0{digits}}"
        for key in ("mean_loops", "mean_lambda"):
            if key in layer:
                yield scalar_pb(f"{name}/{key}", layer[key])
        if layer.get("loop_shares"):
            yield shares_pb(f"{name}/loops", layer["loop_shares"], first=1)
        if layer.get("expert_load"):
            load = layer["expert_load"]
            yield scalar_pb(f"{name}/heaviest_expert", max(load) * len(load))
            yield shares_pb(f"{name}/experts", load, first=0)


def step_summaries(row):
    for key in STEP_SCALARS:
        if key in row:
            yield scalar_pb(f"train/{key}", row[key])
    yield from layer_summaries(row.get("layers", []))


def evaluation_summaries(row):
    for key in ("held_out_loss", "bits_per_byte"):
        if key in row:
            yield scalar_pb(f"evaluation/{key}", row[key])
    for task in row.get("tasks", []):
        yield scalar_pb(f"evaluation/{task['task']}/{task['metric']}", task["score"])


def seconds_until(steps):
    """Seconds of training at each logged step, {step: seconds}: a line has the mean of the steps since the last."""
    until, last, total = {}, 0, 0.0
    for row in steps:
        total += row["seconds"] * (row["step"] - last)
        last = row["step"]
        until[last] = total
    return until


def clock(steps, end):
    """The wall time of a step, by the time that training took; the last logged step was at `end`."""
    until = seconds_until(steps)
    total = max(until.values(), default=0.0)

    def time_of(step):
        return end - total + max((seconds for known, seconds in until.items() if known <= step), default=0.0)

    return time_of


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
    for rows, summaries in ((steps, step_summaries), (points, evaluation_summaries)):
        for row in rows:
            for summary in summaries(row):
                writer.add_event(Event(step=row["step"], wall_time=time_of(row["step"]), summary=summary))
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
