"""llama.cpp's perplexity tool. Prints one line of JSON."""

import argparse
import json
import os
import re
import subprocess
import sys
import time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--model", required=True, help="GGUF file; its number type determines the precision")
    parser.add_argument("--text", required=True)
    parser.add_argument("--context", type=int, required=True)
    parser.add_argument("--exact", action="store_true", help="keys and values in float32, without flash attention")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    command = [options.binary, "--model", options.model, "--file", options.text, "--ctx-size", str(options.context)]
    command += ["--threads", str(options.threads)]
    command += ["-ctk", "f32", "-ctv", "f32", "-fa", "off"] if options.exact else []
    start = time.perf_counter()
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    seconds_total = time.perf_counter() - start
    final = re.search(r"Final estimate: PPL = ([\d.]+) \+/- ([\d.]+)", run.stdout)
    # The log's clock (minutes.seconds.milliseconds.microseconds) when the first chunk begins.
    begin = re.search(r"^(\d+)\.(\d+)\.(\d+)\.(\d+) I perplexity: calculating perplexity over (\d+) chunks", run.stdout, re.M)
    if run.returncode != 0 or not final or not begin:
        sys.exit(f"{' '.join(command)} failed ({run.returncode}):\n{run.stdout[-2000:]}")
    minutes, seconds, milliseconds, microseconds, chunks = map(int, begin.groups())
    before = minutes * 60 + seconds + milliseconds / 1e3 + microseconds / 1e6
    print(
        json.dumps(
            {
                "seconds_total": seconds_total,
                "seconds_scoring": seconds_total - before,
                "tokens": chunks * (options.context - 1 - options.context // 2),
                "token_perplexity": float(final.group(1)),
                "stderr": float(final.group(2)),
            }
        )
    )


if __name__ == "__main__":
    main()
