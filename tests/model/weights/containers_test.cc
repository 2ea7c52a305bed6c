// The same model in other containers and under other names: everything must be read to the same weights.
#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/mapped_file.h"
#include "model/weights/safetensors_file.h"
#include "model/weights/safetensors_writer.h"
#include "model/weights/tensor_names.h"
#include "model/weights/torch_writer.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A Hugging Face folder with the tensors of the fixture, to be changed and written out.
class Containers : public testing::Test {
 protected:
  Containers()
      : weights_(TestData("weights/huggingface/model.safetensors")),
        config_(ReadJsonFile(TestData("weights/huggingface/config.json"))),
        tensors_(ReadSafetensors(weights_.bytes(), "fixture")),
        expected_(OpenCheckpoint(TestData("weights/huggingface"))) {}

  fs::path File(const std::string& name) const { return folder_.path() / name; }

  void WriteConfig() const { WriteFile(File("config.json"), config_.dump()); }

  /// Writes tensors as pytorch_model.bin is.
  void WriteBin(const std::string& name, const std::vector<TensorView>& tensors) const {
    std::vector<TensorSource> sources;
    for (const TensorView& tensor : tensors) {
      sources.push_back(
          {tensor.name, tensor.type, tensor.shape, [tensor](const ByteSink& sink) { sink(tensor.bytes); }});
    }
    WriteTorchFile(File(name), sources);
  }

  void WriteIndex(const std::string& name, const std::map<std::string, std::string>& files) const {
    WriteFile(File(name), Json{{"metadata", {{"total_size", 1}}}, {"weight_map", files}}.dump());
  }

  void Rename(const std::function<std::string(const std::string&)>& renamed) {
    for (TensorView& tensor : tensors_) {
      tensor.name = renamed(tensor.name);
    }
  }

  std::string Error(const fs::path& path) const {
    return ErrorOf([&] { OpenCheckpoint(path); });
  }

  void ExpectReads(const fs::path& path) const {
    std::unique_ptr<Checkpoint> opened;
    ASSERT_EQ(ErrorOf([&] { opened = OpenCheckpoint(path); }), "");
    ExpectSameWeights(*expected_, *opened);
  }

  void ExpectReadsRenamed(const std::function<std::string(const std::string&)>& renamed) {
    const std::vector<TensorView> original = tensors_;
    Rename(renamed);
    WriteConfig();
    WriteSafetensors(File("model.safetensors"), tensors_);
    ExpectReads(folder_.path());
    tensors_ = original;
  }

  TemporaryFolder folder_;
  MappedFile weights_;
  Json config_;
  std::vector<TensorView> tensors_;
  std::unique_ptr<Checkpoint> expected_;
};

TEST_F(Containers, ReadsPytorchModelBin) {
  WriteConfig();
  WriteBin("pytorch_model.bin", tensors_);
  ExpectReads(folder_.path());
  EXPECT_EQ(OpenCheckpoint(folder_.path())->format(), "pytorch");
  ExpectReads(File("pytorch_model.bin"));
  ExpectReads(File("config.json"));
  WriteSafetensors(File("model.safetensors"), std::vector<TensorView>());  // preferred, as in transformers
  EXPECT_THAT(Error(folder_.path()), HasSubstr("missing: model.embed_tokens.weight"));
  ExpectReads(File("pytorch_model.bin"));
}

TEST_F(Containers, ReadsShardsOfPytorchModelBin) {
  WriteConfig();
  const auto middle = tensors_.begin() + 9;
  const char* first = "pytorch_model-00001-of-00002.bin";
  const char* second = "pytorch_model-00002-of-00002.bin";
  std::map<std::string, std::string> files;
  for (auto tensor = tensors_.begin(); tensor != tensors_.end(); ++tensor) {
    files[tensor->name] = tensor < middle ? first : second;
  }
  WriteIndex("pytorch_model.bin.index.json", files);
  WriteBin(first, {tensors_.begin(), middle});
  EXPECT_THAT(Error(folder_.path()), HasSubstr("pytorch_model-00002-of-00002.bin: this file is missing"));
  WriteBin(second, {middle, tensors_.end()});
  ExpectReads(folder_.path());
  ExpectReads(File("pytorch_model.bin.index.json"));
  ExpectReads(File(second));  // stands for all of them
  files.erase(tensors_[0].name);
  WriteIndex("pytorch_model.bin.index.json", files);
  ExpectReads(folder_.path());  // indexes of old versions left some tensors out
}

TEST_F(Containers, ReadsTheFileThatWasNamed) {
  WriteConfig();
  WriteSafetensors(File("best.safetensors"), tensors_);
  ExpectReads(File("best.safetensors"));
  EXPECT_THAT(Error(folder_.path()), HasSubstr("none of model.safetensors, "));
  fs::remove(File("config.json"));
  EXPECT_THAT(Error(File("best.safetensors")), HasSubstr("there is no config.json"));
}

TEST_F(Containers, LeavesOutThePrefixesOfWrappers) {
  const auto prefixed = [&](const std::string& prefix) {
    ExpectReadsRenamed([&](const std::string& name) { return prefix + name; });
  };
  prefixed("module.");
  prefixed("_orig_mod.");
  prefixed("model.");
  prefixed("module._orig_mod.");
  prefixed("base_model.model.");
  ExpectReadsRenamed([](std::string name) {
    const size_t at = name.find("self_attn.");
    return at == std::string::npos ? name
                                   : name.insert(at, "_fsdp_wrapped_module._checkpoint_wrapped_module.");
  });
}

TEST_F(Containers, AddsThePrefixOfAModelWithoutHead) {
  config_["tie_word_embeddings"] = true;
  std::erase_if(tensors_, [](const TensorView& tensor) { return tensor.name == "lm_head.weight"; });
  Rename([](const std::string& name) { return name.substr(std::string("model.").size()); });
  WriteConfig();
  WriteSafetensors(File("model.safetensors"), tensors_);
  const auto opened = OpenCheckpoint(folder_.path());
  for (const ParameterSpec& spec : ParameterSpecs(opened->config())) {
    EXPECT_EQ(ReadParameter(*opened, spec), ReadParameter(*expected_, spec)) << spec.name;
  }
}

TEST_F(Containers, DoesNotLeaveOutAPrefixThatOnlySomeTensorsHave) {
  bool first = true;
  Rename(
      [&](const std::string& name) { return std::exchange(first, false) ? name + ".x" : "module." + name; });
  WriteConfig();
  WriteSafetensors(File("model.safetensors"), tensors_);
  EXPECT_THAT(Error(folder_.path()), HasSubstr("unknown: module."));
}

TEST_F(Containers, ReadsATiedEmbeddingThatIsStoredAsTheHead) {
  config_["tie_word_embeddings"] = true;
  const std::vector<float> head = ReadParameter(*expected_, {"head.weight", {48, 32}});
  std::erase_if(tensors_,
                [](const TensorView& tensor) { return tensor.name == "model.embed_tokens.weight"; });
  WriteConfig();
  WriteSafetensors(File("model.safetensors"), tensors_);
  const auto opened = OpenCheckpoint(folder_.path());
  EXPECT_TRUE(opened->config().tied_head);
  EXPECT_EQ(ReadParameter(*opened, {"embedding.weight", {48, 32}}), head);
}

TEST_F(Containers, PassesOverBuffersOfAnyType) {
  const std::vector<uint8_t> mask(16);
  const std::vector<int64_t> numbers(4);
  const std::vector<float> table(4);
  tensors_.push_back(TensorOf("model.layers.0.attn.bias", {1, 1, 4, 4}, std::span<const uint8_t>(mask)));
  tensors_.push_back(
      TensorOf("model.layers.0.attention.masked_bias", {4}, std::span<const int64_t>(numbers)));
  tensors_.push_back(TensorOf("model.rotary_emb.inv_freq", {4}, std::span<const float>(table)));
  tensors_.push_back(TensorOf("rotary_emb.inv_freq", {4}, std::span<const float>(table)));
  WriteConfig();
  WriteSafetensors(File("model.safetensors"), tensors_);
  ExpectReads(folder_.path());
  tensors_.push_back(TensorOf("model.layers.0.self_attn.bias", {4}, std::span<const float>(table)));
  WriteSafetensors(File("model.safetensors"), tensors_);
  EXPECT_THAT(Error(folder_.path()), HasSubstr("unknown: model.layers.0.self_attn.bias [4]"));
}

TEST_F(Containers, SaysWhatAFailedDownloadLeft) {
  WriteConfig();
  const auto error = [&](const std::string& text) {
    WriteFile(File("model.safetensors"), text);
    EXPECT_EQ(Error(folder_.path()), Error(File("model.safetensors")));
    return Error(folder_.path());
  };
  EXPECT_THAT(error(""), HasSubstr("model.safetensors: the file is empty"));
  EXPECT_THAT(error("version https://git-lfs.github.com/spec/v1\noid sha256:0a\nsize 88752\n"),
              HasSubstr("a Git LFS pointer, not the file itself"));
  EXPECT_THAT(error("\n<!DOCTYPE html><html>" + std::string(5000, ' ')), HasSubstr("a web page"));
  EXPECT_THAT(error("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>"),
              HasSubstr("a web page"));
  EXPECT_THAT(error("Entry not found"), HasSubstr("holds only the text \"Entry not found\""));
  EXPECT_THAT(error(std::string(weights_.bytes().substr(0, 40000))), HasSubstr("truncated"));
  EXPECT_THAT(error("\x89HDF\r\n\x1a\n" + std::string(100, '\0')), HasSubstr("an HDF5 file (Keras)"));
}

TEST_F(Containers, NamesFormatsThatItDoesNotRead) {
  const auto error = [&](const std::string& file) {
    WriteFile(File(file), "x");
    const std::string message = Error(folder_.path());
    fs::remove(File(file));
    return message;
  };
  EXPECT_THAT(error("adapter_config.json"), HasSubstr("a LoRA adapter"));
  EXPECT_THAT(error("lit_model.pth"), HasSubstr("a Lit-GPT checkpoint"));
  EXPECT_THAT(error("latest_checkpointed_iteration.txt"), HasSubstr("a Megatron-LM checkpoint"));
  EXPECT_THAT(error("zero_to_fp32.py"), HasSubstr("a DeepSpeed ZeRO checkpoint"));
  EXPECT_THAT(error("model.onnx"), HasSubstr("an ONNX program"));
  EXPECT_THAT(error("a.Q4_K.gguf"), HasSubstr("a folder with a GGUF file: give the file itself"));
  EXPECT_THAT(error("notes.txt"), HasSubstr("not a checkpoint: the folder has none of"));
  WriteConfig();
  EXPECT_THAT(error("tf_model.h5"), HasSubstr("pytorch_model.bin.index.json. It is a TensorFlow checkpoint"));
  config_["quantization_config"] = {{"quant_method", "gptq"}};
  WriteConfig();
  WriteSafetensors(File("model.safetensors"), tensors_);
  EXPECT_THAT(Error(folder_.path()),
              HasSubstr("quantization_config: weights quantised by gptq are not read"));
}

TEST_F(Containers, SaysWhereNamesThatDoNotFitComeFrom) {
  Rename([](const std::string& name) {
    return name.starts_with("model.layers.0.") ? "decoder.layers.0.self_attention.linear_qkv." + name : name;
  });
  WriteConfig();
  WriteSafetensors(File("model.safetensors"), tensors_);
  EXPECT_THAT(Error(folder_.path()), HasSubstr("they are named as Megatron-Core names them"));
}

}  // namespace
}  // namespace vffn
