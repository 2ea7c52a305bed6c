"""Writes one file of reference logits for each family: FAMILY.json beside this script.

    python make_goldens.py [FAMILY ...]

Made with torch 2.13.0 and transformers 5.24.0, on a CPU. For each case of cases.py, the script asks transformers which
tensors a saved checkpoint of that configuration has (save_pretrained), writes such a checkpoint with the values of
weights.py, loads it with AutoModelForCausalLM.from_pretrained and records logits. A file holds

    sequences   token ids, the same for all cases
    cases       name: config (config.json), tensors (name: shape; "{}" stands for each layer), rows (sequence and position of
                each row of logits), float32, bfloat16, bfloat16_attention and bfloat16_outputs (the logits, row by row)

In "bfloat16", both operands of every linear layer are rounded to bfloat16 (to nearest, ties to even) and multiplied in
float32, except those of routers; everything else is float32. This is what most of vffn's kernel sets compute with --dtype
bfloat16. In "bfloat16_attention", queries, keys, values and the softmax's exponentials are rounded, too, and the sum of the
exponentials divides the mixture: this is what the kernels for AMX tiles compute. In "bfloat16_outputs", which the first case of each file has, the products are rounded to bfloat16, too, before a bias is
added: this is what LibTorch's operators compute.
"""

import contextlib
import json
import pathlib
import re
import sys
import tempfile

import torch
import transformers
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

import cases
import weights

HERE = pathlib.Path(__file__).parent
NOISE = {"transformers_version", "dtype", "initializer_range", "use_cache", "bos_token_id", "eos_token_id", "pad_token_id",
         "vision_config"}


def sequences():
    """Token ids below 58: one sequence longer than every window and original_max_position_embeddings, two shorter ones."""
    def draw(name, length):
        return [int(58 * (u + 1) / 2) for u in weights.uniform(name, length)]
    return [draw("a", 40), draw("b", 12), draw("c", 3)]


ROWS = [[0, 0], [0, 17], [0, 39], [1, 11], [2, 2]]  # sequence and position


def saved_tensors(config, folder):
    """Names and shapes of the tensors that transformers saves."""
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    with safe_open(folder / "model.safetensors", "pt") as file:
        return {name: list(file.get_slice(name).get_shape()) for name in sorted(file.keys())}


def patterns(tensors):
    """Tensors of layers as one entry, where all layers have the same."""
    layers = {}
    for name, shape in tensors.items():
        match = re.fullmatch(r"(.*?(?:layers|\.h)\.)(\d+)(\..*)", name)
        key = match.group(1) + "{}" + match.group(3) if match and "vision" not in name else name
        layers.setdefault(key, []).append(shape)
    for key, shapes in layers.items():
        assert all(shape == shapes[0] for shape in shapes), key
    return {key: shapes[0] for key, shapes in layers.items()}


def is_router(name):
    return name.endswith((".gate.weight", ".router.weight", ".router.layer.weight", ".shared_expert_gate.weight"))


def rounded(x):
    return x.to(torch.bfloat16).to(torch.float32)


class RoundedProducts(torch.overrides.TorchFunctionMode):
    """Rounds the operands of linear layers to bfloat16, except routers', and perhaps their products or attention's operands."""

    def __init__(self, model, outputs=False, attention=False):
        super().__init__()
        self.outputs = outputs
        self.attention = attention
        self.sums = None  # of the exponentials that the last softmax of attention left
        self.routers = {p.data_ptr() for name, p in model.named_parameters() if is_router(name)}

    def product(self, x, weight, bias):
        y = rounded(x) @ rounded(weight)
        y = rounded(y) if self.outputs else y
        return y if bias is None else y + bias

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if func is torch.nn.functional.linear and args[1].data_ptr() not in self.routers:
            bias = args[2] if len(args) > 2 else kwargs.get("bias")
            return self.product(args[0], args[1].T, bias)
        if func is torch.addmm:  # GPT-2's Conv1D
            return self.product(args[1], args[2], args[0])
        if self.attention and args and isinstance(args[0], torch.Tensor) and args[0].dim() == 4:
            name = func.__name__
            if name == "softmax":
                x = args[0].float()
                exponentials = (x - x.amax(-1, keepdim=True)).exp()
                self.sums = exponentials.sum(-1, keepdim=True)
                return exponentials
            if name in ("matmul", "__matmul__"):
                y = rounded(args[0]) @ rounded(args[1])
                y, self.sums = (y if self.sums is None else y / self.sums), None
                return y
        return func(*args, **kwargs)


def logits(model, mode=contextlib.nullcontext()):
    with torch.no_grad(), mode:
        all_logits = [model(input_ids=torch.tensor([ids])).logits[0].float() for ids in sequences()]
    return [[float(f"{x:.7g}") for x in all_logits[sequence][position].tolist()] for sequence, position in ROWS]


def golden(model_type, case, first):
    content = cases.config_of(model_type, case)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        (folder / "config.json").write_text(json.dumps(content))
        tensors = saved_tensors(AutoConfig.from_pretrained(folder), folder)
        if "raw" not in case:
            content = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(content))
        save_file({n: torch.from_numpy(weights.tensor(n, s)) for n, s in tensors.items()}, folder / "model.safetensors",
                  {"format": "pt"})
        model, info = AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="eager", experts_implementation="eager",
            output_loading_info=True)
        assert not info["missing_keys"] and not info["unexpected_keys"] and not info["mismatched_keys"], info
        model.eval()
        result = {
            "config": {k: v for k, v in content.items() if k not in NOISE} if "raw" not in case else content,
            "tensors": patterns({n: s for n, s in tensors.items() if "vision" not in n and "multi_modal" not in n}),
            "rows": ROWS,
            "float32": logits(model),
            "bfloat16": logits(model, RoundedProducts(model)),
            "bfloat16_attention": logits(model, RoundedProducts(model, attention=True)),
        }
        if first:
            result["bfloat16_outputs"] = logits(model, RoundedProducts(model, outputs=True))
        return result


def dumps(file):
    """JSON with a line for each case's field."""
    lines = ['{"versions": ' + json.dumps(file["versions"]) + ',', '"sequences": ' + json.dumps(file["sequences"]) + ',',
             '"cases": {']
    bodies = []
    for name, case in file["cases"].items():
        fields = [f"  {json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in case.items()]
        bodies.append(f"{json.dumps(name)}: {{\n" + ",\n".join(fields) + "}")
    return "\n".join(lines) + "\n" + ",\n".join(bodies) + "}}\n"


def main():
    transformers.utils.logging.set_verbosity_error()
    for family in sys.argv[1:] or cases.CASES:
        file = {"versions": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__},
                "sequences": sequences(),
                "cases": {name: golden(family, case, i == 0)
                          for i, (name, case) in enumerate(cases.CASES[family].items())}}
        (HERE / f"{family}.json").write_text(dumps(file))
        biggest = max(abs(x) for case in file["cases"].values() for row in case["float32"] for x in row)
        drift = max(abs(a - b) for case in file["cases"].values() for r, s in zip(case["float32"], case["bfloat16"])
                    for a, b in zip(r, s))
        print(family, len(file["cases"]), "cases; largest logit", round(biggest, 2), "bfloat16 differs by", round(drift, 3))


if __name__ == "__main__":
    main()
