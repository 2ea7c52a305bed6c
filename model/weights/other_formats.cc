#include "model/weights/other_formats.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace vffn {
namespace {

/// A file or folder by whose name a format is known. A name that begins with "*" is an ending.
struct Sign {
  std::string_view name;
  std::string_view description;
};

constexpr Sign kSigns[] = {
    {"adapter_config.json",
     "a LoRA adapter, which holds only changes to a base model: merge it (peft: "
     "model.merge_and_unload().save_pretrained(FOLDER)) and give FOLDER"},
    {"lit_model.pth",
     "a Lit-GPT checkpoint: convert it with `litgpt convert_from_litgpt`, and save the state dict with its "
     "Hugging Face config.json as pytorch_model.bin"},
    {"consolidated.00.pth",
     "a checkpoint in Meta's format: convert it with transformers' convert_llama_weights_to_hf.py"},
    {"consolidated.safetensors",
     "a checkpoint in Mistral's format: use the Hugging Face files of the same model, or convert it with "
     "transformers' convert_mistral_weights_to_hf.py"},
    {"latest_checkpointed_iteration.txt",
     "a Megatron-LM checkpoint: convert it to a Hugging Face folder with Megatron-Bridge or Megatron-LM's "
     "tools/checkpoint"},
    {"zero_to_fp32.py",
     "a DeepSpeed ZeRO checkpoint: run `python zero_to_fp32.py . OUTPUT` in it, and put the model's "
     "config.json "
     "beside the result"},
    {"model_and_optim", "an OLMo-core checkpoint without its config.json: give the folder that holds both"},
    {".metadata",
     "a PyTorch distributed checkpoint: give its OLMo-core folder (with config.json and model_and_optim), or "
     "convert it with `python -m torch.distributed.checkpoint.format_utils dcp_to_torch FOLDER FILE`"},
    {"snapshots", "the cache of huggingface_hub: give the folder snapshots/HASH inside"},
    {"tf_model.h5", "a TensorFlow checkpoint: save the model as safetensors (save_pretrained)"},
    {"flax_model.msgpack", "a Flax checkpoint: save the model as safetensors (save_pretrained)"},
    {"saved_model.pb", "a TensorFlow program: save the weights as safetensors (save_pretrained)"},
    {"*.h5", "a Keras checkpoint: save the weights as safetensors (save_pretrained)"},
    {"*.keras", "a Keras checkpoint: save the weights as safetensors (save_pretrained)"},
    {"*.onnx", "an ONNX program: use the checkpoint it was exported from"},
    {"*.nemo", "a NeMo checkpoint: convert it to a Hugging Face folder with NeMo's export"},
    {"*.distcp",
     "a PyTorch distributed checkpoint without its .metadata: give the folder in which both were saved"},
    {"*.gguf", "a folder with a GGUF file: give the file itself (of a split model the first part)"},
};

bool Matches(const std::string& file, std::string_view sign) {
  return sign.starts_with('*') ? file.ends_with(sign.substr(1)) : file == sign;
}

/// A part of tensor names by which a format is known.
constexpr Sign kNameSigns[] = {
    {"self_attention.linear_qkv",
     "they are named as Megatron-Core names them: convert the checkpoint to a "
     "Hugging Face folder first"},
    {"self_attention.query_key_value",
     "they are named as Megatron-LM names them: convert the checkpoint to a Hugging Face folder first"},
    {"language_model.encoder",
     "they are named as Megatron-LM names them: convert the checkpoint to a Hugging "
     "Face folder first"},
    {"transformer.h.0.attn.qkv", "they are named as Lit-GPT names them: `litgpt convert_from_litgpt` first"},
    {"transformer.h.0.attn.attn", "they are named as Lit-GPT names them: `litgpt convert_from_litgpt` first"},
    {"lora_A", "they hold LoRA adapters: merge them into the model first (peft: merge_and_unload)"},
    {"qweight", "they are quantised (GPTQ or AWQ): use the model before quantisation, or its GGUF file"},
    {"weight_scale", "they are quantised with scales: use the model before quantisation, or its GGUF file"},
    {"quant_state", "they are quantised (bitsandbytes): use the model before quantisation, or its GGUF file"},
    {"vision_", "the checkpoint has a vision model, too: only language models are read"},
};

}  // namespace

std::string DescribeOtherFormat(const std::filesystem::path& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    files.push_back(entry.path().filename().string());
  }
  for (const Sign& sign : kSigns) {
    if (std::ranges::any_of(files, [&](const std::string& file) { return Matches(file, sign.name); })) {
      return std::string(sign.description);
    }
  }
  return "";
}

std::string AdviceOnNames(std::span<const TensorView> tensors) {
  for (const Sign& sign : kNameSigns) {
    if (std::ranges::any_of(tensors, [&](const TensorView& tensor) {
          return tensor.name.find(sign.name) != std::string::npos;
        })) {
      return "\nThe names of the tensors: " + std::string(sign.description);
    }
  }
  return "";
}

}  // namespace vffn
