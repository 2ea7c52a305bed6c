"""Writes a quantised GGUF model with dequantised weights, in the formats that the peers read:

  OUTPUT/hf           Hugging Face folder, float32
  OUTPUT/float32.gguf, OUTPUT/bfloat16.gguf

When transformers builds a tokenizer from a GGUF file, it omits the step that isolates digits (tokenizer.ggml.pre =
smollm). This program adds the step again. Without it, the peers would score different tokens.
"""

import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import gguf
import torch
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer


def write_hugging_face(source: Path, output: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(source.parent, gguf_file=source.name, dtype=torch.float32)
    model.hf_quantizer = None  # otherwise the dequantised model cannot be saved
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.save_pretrained(output)
    tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name)
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.save_pretrained(output)
    again = AutoTokenizer.from_pretrained(output)
    if len(again.encode("2024", add_special_tokens=False)) != 4:
        sys.exit(f"{output}: the tokenizer does not isolate digits")


def write_gguf(source: Path, output: Path, matrix_type: gguf.GGMLQuantizationType) -> None:
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(output, arch=reader.fields["general.architecture"].contents())
    skipped = ("GGUF.", "general.architecture", "general.file_type", "general.quantization_version")
    for field in reader.fields.values():
        if not field.name.startswith(skipped):
            sub_type = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), field.types[0], sub_type)
    for tensor in reader.tensors:
        values = gguf.dequantize(tensor.data, tensor.tensor_type)
        kind = matrix_type if values.ndim == 2 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(tensor.name, gguf.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit("usage: convert_model.py MODEL.gguf OUTPUT")
    source, output = Path(sys.argv[1]), Path(sys.argv[2])
    output.mkdir(parents=True)
    write_hugging_face(source, output / "hf")
    write_gguf(source, output / "float32.gguf", gguf.GGMLQuantizationType.F32)
    write_gguf(source, output / "bfloat16.gguf", gguf.GGMLQuantizationType.BF16)


if __name__ == "__main__":
    main()
