"""Makes the fixtures in olmo_core/: small random models as OLMo-core saves them, and their logits. Needs ai2-olmo-core 3.0.0
and torch 2.13:
    torchrun --nproc-per-node 2 make_olmo_core.py
Two processes shard the tensors (FSDP); the files are committed as they were made, except that the path in each .metadata is
shortened to "model_and_optim"."""

import json
import os
import shutil

import torch
import torch.distributed as dist
from olmo_core.distributed.checkpoint import save_model_and_optim_state
from olmo_core.nn.attention import SlidingWindowAttentionConfig
from olmo_core.nn.transformer import TransformerConfig
from safetensors.torch import save_file

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "olmo_core")
COMMON = dict(d_model=24, vocab_size=45, n_layers=2, n_heads=4, hidden_size_multiple_of=4)


def configs():
    yield "llama", TransformerConfig.llama_like(**COMMON | {"n_layers": 1}, n_kv_heads=2, rope_theta=5000)
    yield "qwen3", TransformerConfig.llama_like(**COMMON, n_kv_heads=2, qk_norm=True, use_head_qk_norm=True, head_dim=8)
    yield "olmo2", TransformerConfig.llama_like(**COMMON, qk_norm=True, block_name="reordered_norm", rope_theta=5000)
    window = SlidingWindowAttentionConfig(pattern=[4, 4, -1], force_full_attention_on_first_layer=False,
                                          force_full_attention_on_last_layer=True)
    olmo3 = TransformerConfig.llama_like(**COMMON | {"n_layers": 3}, qk_norm=True, block_name="reordered_norm", rope_theta=5000)
    olmo3.block.sequence_mixer.sliding_window = window
    olmo3.block.sequence_mixer.backend = "torch"
    yield "olmo3", olmo3


def main():
    dist.init_process_group("gloo")
    mesh = dist.init_device_mesh("cpu", (2,))
    for name, config in configs():
        folder = os.path.join(HERE, name)
        torch.manual_seed(5)
        model = config.build(init_device="cpu")
        with torch.no_grad():
            for parameter in model.parameters():  # norms of other than ones
                parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(6)) * 0.2)
        tokens = torch.tensor([[(7 * i + 3) % 45 for i in range(12)]])
        logits = model(tokens).detach().float()
        for block in model.blocks.values():
            torch.distributed.fsdp.fully_shard(block, mesh=mesh)
        torch.distributed.fsdp.fully_shard(model, mesh=mesh)
        optimizer = torch.optim.AdamW(model.parameters()) if name == "llama" else None
        if dist.get_rank() == 0:
            shutil.rmtree(folder, ignore_errors=True)
        dist.barrier()
        save_model_and_optim_state(os.path.join(folder, "model_and_optim"), model, optimizer, save_overwrite=True, thread_count=1)
        if dist.get_rank() == 0:
            written = {"model": config.as_config_dict(), "dataset": {"sequence_length": 64},
                       "train_module": {"max_sequence_length": 64}}
            with open(os.path.join(folder, "config.json"), "w") as file:
                json.dump(written, file, indent=1)
            save_file({"input_ids": tokens, "logits": logits}, os.path.join(folder, "expected.safetensors"))
        dist.barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
