"""Weights that follow from the name of a tensor alone: tests/model/architectures/golden_weights.cc makes the same ones."""

import math

import numpy as np


def name_hash(name: str) -> int:
    """64-bit FNV-1a."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value


def uniform(name: str, count: int) -> np.ndarray:
    """float32 in [-1, 1), multiples of 2^-23: SplitMix64 of the hash of the name and the index."""
    with np.errstate(over="ignore"):
        x = np.uint64(name_hash(name)) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    return ((x >> np.uint64(40)).astype(np.float64) / 2**23 - 1).astype(np.float32)


def tensor(name: str, shape: list[int]) -> np.ndarray:
    """Norm weights lie around 1, biases and matrices around 0. All factors are powers of 2, so nothing is rounded."""
    values = uniform(name, math.prod(shape))
    if "norm" in name or ".ln_" in name:
        if name.endswith("weight"):
            values = 1 + values / 4
        else:
            values = values / 4
    elif len(shape) == 1:
        values = values / 4
    else:
        values = values * np.float32(2.0 ** round(math.log2(2.6 / math.sqrt(shape[-1]))))
    return values.astype(np.float32).reshape(shape)
