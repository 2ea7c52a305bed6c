"""Writes model.gguf, a small model that has learnt book.txt a little, and book.txt, a text of its words.

    python make_model.py

Made with torch 2.13.0, transformers 5.24.0 and gguf 0.19.0. The model is that of ../harness (a Llama of 512 tokens, 2 layers
and 128 positions, with a byte-level tokenizer) after some steps of AdamW, in float32: its perplexity is small, so
that four decimals of it have few digits. The file adds no BOS; its BOS token is 1, its EOS token 0.
"""

import json
import pathlib

import gguf
import torch
from make_documents import PROSE, SCRIPTS, shuffled
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

HERE = pathlib.Path(__file__).parent
HARNESS = HERE.parent / "harness" / "model"
LENGTH, STEPS = 64, 150


def book() -> str:
    paragraphs = [shuffled(PROSE, 60, seed) for seed in range(10, 18)] + [shuffled(SCRIPTS, 20, 18), "<|endoftext|>" + PROSE]
    return "\n\n".join(paragraphs) + "\n\n"  # llama.cpp's tools take one line end away from the end


def train(tokens: torch.Tensor):
    torch.manual_seed(0)
    torch.use_deterministic_algorithms(True)
    model = AutoModelForCausalLM.from_pretrained(HARNESS, dtype=torch.float32)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(STEPS):
        starts = torch.randint(len(tokens) - LENGTH, (8,))
        batch = torch.stack([tokens[start : start + LENGTH] for start in starts.tolist()])
        loss = model(input_ids=batch, labels=batch).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"loss after {STEPS} steps: {loss.item():.3f}")
    return model.eval()


def interleaved(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of queries or keys as llama.cpp rotates them: pairs side by side."""
    rows, columns = weight.shape
    return weight.view(heads, 2, rows // heads // 2, columns).transpose(1, 2).reshape(rows, columns)


def add_tensors(writer: gguf.GGUFWriter, model) -> None:
    config, names = model.config, gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, model.config.num_hidden_layers)
    for name, weight in model.state_dict().items():
        if ".q_proj." in name:
            weight = interleaved(weight, config.num_attention_heads)
        elif ".k_proj." in name:
            weight = interleaved(weight, config.num_key_value_heads)
        writer.add_tensor(names.get_name(name, (".weight",)), weight.float().contiguous().numpy())


def add_vocabulary(writer: gguf.GGUFWriter, tokenizer: dict, rows: int) -> None:
    """The embedding has more rows than the vocabulary has tokens: the rest are unused, as llama.cpp's converter names them."""
    vocabulary = sorted(tokenizer["model"]["vocab"], key=tokenizer["model"]["vocab"].get)
    unused = [f"[PAD{row}]" for row in range(len(vocabulary), rows)]
    special = [token["content"] for token in tokenizer["added_tokens"]]
    types = [gguf.TokenType.CONTROL if token in special else gguf.TokenType.NORMAL for token in vocabulary]
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(vocabulary + unused)
    writer.add_token_types(types + [gguf.TokenType.UNUSED] * len(unused))
    writer.add_token_merges(merges)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(0)
    writer.add_add_bos_token(False)


def write(model, path: pathlib.Path) -> None:
    config = model.config
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_vocab_size(config.vocab_size)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    add_vocabulary(writer, json.loads((HARNESS / "tokenizer.json").read_text()), config.vocab_size)
    add_tensors(writer, model)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    (HERE / "book.txt").write_text(book())
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(HARNESS / "tokenizer.json"))
    write(train(torch.tensor(tokenizer.encode(book()))), HERE / "model.gguf")


if __name__ == "__main__":
    main()
