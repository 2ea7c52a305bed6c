// The same models with their tensors under other names: of other versions of transformers, without the prefix
// of a model that was saved without its head, beside parts that are not used.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "base/mapped_file.h"
#include "model/weights/checkpoint.h"
#include "model/weights/checkpoint_writer.h"
#include "model/weights/safetensors_file.h"
#include "model/weights/safetensors_writer.h"
#include "tests/model/architectures/golden_models.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

struct NamedTensor {
  std::vector<int64_t> shape;
  std::vector<float> values;
};
using NamedTensors = std::map<std::string, NamedTensor>;

NamedTensors ReadFolder(const std::filesystem::path& folder) {
  const MappedFile file(folder / "model.safetensors");
  NamedTensors tensors;
  for (const TensorView& tensor : ReadSafetensors(file.bytes(), "golden")) {
    tensors[tensor.name] = {tensor.shape, Values(tensor)};
  }
  return tensors;
}

/// The model of that name, or the only one.
GoldenModel ModelOf(const std::string& family, const std::string& name) {
  const GoldenFamily golden = ReadGoldenFamily(family);
  const auto found = std::ranges::find(golden.models, name, &GoldenModel::name);
  return found == golden.models.end() ? golden.models.at(0) : *found;
}

/// Expects a model of the family to be read to the same parameters after a change of its tensors.
void ExpectSameModel(const std::string& family, const std::function<void(NamedTensors&)>& change) {
  const TemporaryFolder folder;
  const GoldenModel model = ModelOf(family, "plain");
  model.Write(folder / "saved");
  NamedTensors tensors = ReadFolder(folder / "saved");
  change(tensors);
  std::vector<TensorView> views;
  for (const auto& [name, tensor] : tensors) {
    views.push_back(TensorOf(name, tensor.shape, std::span<const float>(tensor.values)));
  }
  std::filesystem::create_directories(folder / "changed");
  WriteFile(folder / "changed" / "config.json", model.config.dump());
  WriteSafetensors(folder / "changed" / "model.safetensors", std::move(views));
  const auto saved = OpenCheckpoint(folder / "saved");
  const auto changed = OpenCheckpoint(folder / "changed");
  EXPECT_EQ(saved->config(), changed->config());
  ExpectSameWeights(*saved, *changed);
}

/// Replaces a part of the names that have it.
void Rename(const std::string& part, const std::string& by, NamedTensors& tensors) {
  NamedTensors renamed;
  for (auto& [name, tensor] : tensors) {
    const size_t at = name.find(part);
    renamed[at == std::string::npos ? name : std::string(name).replace(at, part.size(), by)] =
        std::move(tensor);
  }
  tensors = std::move(renamed);
}

/// Joins the tensors of those names into one with another dimension, and takes them away.
NamedTensor Taken(const std::vector<std::string>& names, NamedTensors& tensors) {
  NamedTensor joined;
  for (const std::string& name : names) {
    const NamedTensor tensor = tensors.at(name);
    joined.shape = tensor.shape;
    joined.values.insert(joined.values.end(), tensor.values.begin(), tensor.values.end());
    tensors.erase(name);
  }
  return joined;
}

/// Stacks the experts of every layer as transformers 5 holds them in memory.
void StackExperts(const std::string& block, const std::string& gate, const std::string& up,
                  const std::string& down, NamedTensors& tensors) {
  constexpr int64_t kExperts = 5;
  for (const char* layer : {"0", "1", "2"}) {
    const std::string experts = "model.layers." + std::string(layer) + "." + block + ".experts.";
    std::vector<std::string> gate_up, downs;
    for (int64_t e = 0; e < kExperts; ++e) {
      const std::string expert = experts + std::to_string(e) + ".";
      gate_up.insert(gate_up.end(), {expert + gate + ".weight", expert + up + ".weight"});
      downs.push_back(expert + down + ".weight");
    }
    NamedTensor in = Taken(gate_up, tensors);
    in.shape = {kExperts, 2 * in.shape[0], in.shape[1]};
    NamedTensor out = Taken(downs, tensors);
    out.shape.insert(out.shape.begin(), kExperts);
    tensors[experts + "gate_up_proj"] = std::move(in);
    tensors[experts + "down_proj"] = std::move(out);
  }
}

TEST(OtherNames, ExpertsMayBeStacked) {
  for (const char* family : {"olmoe", "qwen2_moe", "qwen3_moe"}) {
    SCOPED_TRACE(family);
    ExpectSameModel(family, [](NamedTensors& tensors) {
      StackExperts("mlp", "gate_proj", "up_proj", "down_proj", tensors);
    });
  }
  ExpectSameModel("mixtral",
                  [](NamedTensors& tensors) { StackExperts("block_sparse_moe", "w1", "w3", "w2", tensors); });
  ExpectSameModel("mixtral", [](NamedTensors& tensors) {
    StackExperts("block_sparse_moe", "w1", "w3", "w2", tensors);
    Rename(".block_sparse_moe.", ".mlp.", tensors);
  });
}

TEST(OtherNames, HeadOfGptNeox) {
  ExpectSameModel("gpt_neox", [](NamedTensors& tensors) {
    ASSERT_TRUE(tensors.contains("embed_out.weight"));
    Rename("embed_out.weight", "lm_head.weight", tensors);
  });
}

TEST(OtherNames, Gpt2WithoutPrefixAndWithMasks) {
  ExpectSameModel("gpt2", [](NamedTensors& tensors) {
    Rename("transformer.", "", tensors);
    ASSERT_TRUE(tensors.contains("wte.weight"));
    tensors["h.0.attn.bias"] = {{1, 1, 2, 2}, {1, 0, 1, 1}};
    tensors["h.1.attn.masked_bias"] = {{1}, {-10000}};
  });
}

TEST(OtherNames, Gemma3BesideItsImageEncoder) {
  ExpectSameModel("gemma3", [](NamedTensors& tensors) {
    tensors["vision_tower.vision_model.post_layernorm.weight"] = {{2}, {1, 1}};
    tensors["multi_modal_projector.mm_soft_emb_norm.weight"] = {{2}, {1, 1}};
  });
  ExpectSameModel("gemma3", [](NamedTensors& tensors) {
    Rename("language_model.model.", "model.language_model.", tensors);
    tensors["model.vision_tower.vision_model.post_layernorm.weight"] = {{2}, {1, 1}};
  });
}

// Every kind of rotary scaling survives being written.
TEST(OtherNames, LlamaIsWrittenAsItWasRead) {
  const TemporaryFolder folder;
  for (const GoldenModel& model : ReadGoldenFamily("llama").models) {
    if (model.name == "relu") {
      continue;  // the writer knows SwiGLU
    }
    SCOPED_TRACE(model.name);
    model.Write(folder / model.name);
    const auto read = OpenCheckpoint(folder / model.name);
    const std::filesystem::path again = folder / (model.name + "_again");
    ASSERT_TRUE(WriteCheckpoint(*read, CheckpointFormat::kHuggingFace, again));
    EXPECT_EQ(ToJson(OpenCheckpoint(again)->config()), ToJson(read->config()));
    ExpectSameWeights(*read, *OpenCheckpoint(again));
  }
}

}  // namespace
}  // namespace vffn
