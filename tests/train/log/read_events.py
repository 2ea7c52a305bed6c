"""Prints the events below a folder as JSON: {"tag": [[step, value], ...]}, value being a number or a list."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})
events.Reload()
tags = {tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
tags |= {tag: [[event.step, make_ndarray(event.tensor_proto).tolist()] for event in events.Tensors(tag)]
         for tag in events.Tags()["tensors"]}
json.dump(tags, sys.stdout)
