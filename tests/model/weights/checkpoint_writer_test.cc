#include "model/weights/checkpoint_writer.h"

#include <signal.h>
#include <sys/resource.h>

#include "model/config_file.h"
#include "model/weights/architectures/olmo_config.h"
#include "tests/model/random_checkpoint.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using enum CheckpointFormat;

ModelConfig Config(const char* name) {
  return ReadModelConfig(std::filesystem::path(VFFN_TESTS_DIR).parent_path() / "configs" / name);
}

std::unique_ptr<Checkpoint> OpenOracle(const std::string& name, std::string_view model_args = "") {
  return OpenCheckpoint(TestData("oracles/" + name + "/checkpoint"), model_args);
}

class WriteCheckpointTest : public testing::Test {
 protected:
  /// Writes `source`, opens what was written, and expects the same model of it. Returns the folder.
  std::filesystem::path ExpectRoundTrip(const Checkpoint& source, CheckpointFormat format) {
    const std::filesystem::path path = folder_ / std::to_string(++written_);
    EXPECT_TRUE(WriteCheckpoint(source, format, path));
    const auto read = OpenCheckpoint(path);
    EXPECT_EQ(read->format(), format == kHuggingFace ? "safetensors" : NameOf(format));
    EXPECT_EQ(read->config(), source.config());
    ExpectSameWeights(source, *read);
    return path;
  }

  std::string Error(const Checkpoint& source, CheckpointFormat format) {
    return ErrorOf([&] { WriteCheckpoint(source, format, folder_ / "refused"); });
  }

  TemporaryFolder folder_;
  int written_ = 0;
};

TEST_F(WriteCheckpointTest, DenseThroughEveryFormatAndBack) {
  const auto oracle = OpenOracle("dense_sequential");
  const auto ours = OpenCheckpoint(ExpectRoundTrip(*oracle, kVffn));
  const auto huggingface = OpenCheckpoint(ExpectRoundTrip(*ours, kHuggingFace));
  const auto olmo = OpenCheckpoint(ExpectRoundTrip(*huggingface, kOlmo));
  EXPECT_EQ(olmo->config(), oracle->config());
  ExpectSameWeights(*oracle, *olmo);
}

TEST_F(WriteCheckpointTest, VersatileThroughOlmoAndBack) {
  for (const char* name : {"vffn_e8k2l4", "vffn_e4k1l2"}) {
    const auto oracle = OpenOracle(name, "top_k=1");
    const auto ours = OpenCheckpoint(ExpectRoundTrip(*oracle, kVffn));
    ExpectRoundTrip(*ours, kOlmo);
  }
}

TEST_F(WriteCheckpointTest, Bfloat16RoundsToNearestInEveryFormat) {
  const RandomCheckpoint source(TinyConfig());
  for (const CheckpointFormat format : {kVffn, kOlmo, kHuggingFace}) {
    const std::filesystem::path once = folder_ / ("once" + std::to_string(static_cast<int>(format)));
    ASSERT_TRUE(WriteCheckpoint(source, format, once, {.type = Dtype::kBfloat16}));
    const auto rounded = OpenCheckpoint(once);
    for (const ParameterSpec& parameter : ParameterSpecs(source.config())) {
      std::vector<float> exact(parameter.elements()), read(parameter.elements());
      source.Read(parameter.name, exact);
      rounded->Read(parameter.name, read);
      for (size_t i = 0; i < exact.size(); ++i) {
        ASSERT_LE(std::abs(read[i] - exact[i]), std::abs(exact[i]) / 256)
            << parameter.name;  // half of the last of 8 bits
      }
    }
    // What is rounded already stays as it is, and takes half the room.
    const std::filesystem::path twice = folder_ / ("twice" + std::to_string(static_cast<int>(format)));
    ASSERT_TRUE(WriteCheckpoint(*rounded, format, twice, {.type = Dtype::kBfloat16}));
    ExpectSameWeights(*rounded, *OpenCheckpoint(twice));
    const auto file = rounded->files().back();
    EXPECT_LT(std::filesystem::file_size(file), ParameterCount(source.config()) * 2 + 20000);
  }
}

TEST_F(WriteCheckpointTest, RefusesValuesThatBfloat16DoesNotHave) {
  class Large : public RandomCheckpoint {
   public:
    using RandomCheckpoint::RandomCheckpoint;
    void Read(const std::string& parameter, std::span<float> out) const override {
      RandomCheckpoint::Read(parameter, out);
      out[0] = 3.4e38f;
    }
  };
  EXPECT_THAT(ErrorOf([&] {
                WriteCheckpoint(Large(TinyConfig()), kVffn, folder_ / "large", {.type = Dtype::kBfloat16});
              }),
              HasSubstr("too large for bfloat16"));
}

TEST_F(WriteCheckpointTest, OlmosWeightsArePickled) {
  const auto oracle = OpenOracle("vffn_e16k4l6", "top_k=4");
  const std::filesystem::path path = ExpectRoundTrip(*oracle, kOlmo);
  EXPECT_EQ(OpenCheckpoint(path)->files()[1].filename(), "model.pt");
  EXPECT_FALSE(std::filesystem::exists(path / "model.safetensors"));
}

TEST_F(WriteCheckpointTest, GroupedQueriesTiedHeadsAndOddNumbers) {
  ModelConfig config = TinyConfig();  // 6 heads, 2 for keys and values
  config.rope_theta = 500000;
  config.norm_epsilon = static_cast<double>(1e-5f);
  for (const CheckpointFormat format : {kVffn, kOlmo, kHuggingFace}) {
    for (const bool tied : {false, true}) {
      config.tied_head = tied;
      ExpectRoundTrip(RandomCheckpoint(config), format);
    }
  }
  config.head_size = 10;
  config.rope_theta = 0.5;
  ExpectRoundTrip(RandomCheckpoint(config), kVffn);
  ExpectRoundTrip(RandomCheckpoint(config), kHuggingFace);
}

TEST_F(WriteCheckpointTest, EveryKindInOurFormat) {
  for (const char* name : {"tiny-base.json", "tiny-moe.json", "tiny-4-loop.json", "tiny-versatile.json"}) {
    ExpectRoundTrip(RandomCheckpoint(Config(name)), kVffn);
  }
}

TEST_F(WriteCheckpointTest, BiasesThroughEveryFormatThatHasThem) {
  ModelConfig config = TinyConfig();
  config.ffn_bias = true;
  ExpectRoundTrip(RandomCheckpoint(config), kHuggingFace);
  config.qkv_bias = true;
  ExpectRoundTrip(RandomCheckpoint(config), kVffn);
  config.attention_out_bias = true;
  const RandomCheckpoint source(config);
  const auto ours = OpenCheckpoint(ExpectRoundTrip(source, kVffn));
  const auto huggingface = OpenCheckpoint(ExpectRoundTrip(*ours, kHuggingFace));
  ExpectSameWeights(source, *huggingface);
}

TEST_F(WriteCheckpointTest, OlmoKeepsReadingsAndProbes) {
  ModelConfig config = Config("tiny-versatile.json");
  config.ffn.gate = Reading::kPaper;
  config.ffn.tau = 1e-7;
  config.ffn.probes = {.lambda = 0.5, .shuffle_loops = 18446744073709551615u};
  ExpectRoundTrip(RandomCheckpoint(config), kOlmo);
}

// PyYAML takes a number without a decimal point for a string, as in the released configuration.
TEST_F(WriteCheckpointTest, OlmoConfigIsPlainYaml11) {
  ModelConfig config = Config("354m-versatile.json");
  const std::string text = OlmoConfigText(config, "versatilevffn");
  EXPECT_THAT(text, HasSubstr("\n  layer_norm_eps: 1.0e-06\n"));
  EXPECT_THAT(text, HasSubstr("\n  rope_theta: 10000\n"));
  EXPECT_THAT(text, HasSubstr("\n  mlp_hidden_size: 8192\n"));
  EXPECT_THAT(text, HasSubstr("\n  block_type: versatilevffn\n"));
  EXPECT_THAT(text,
              EndsWith("\nvffn:\n  n_experts: 8\n  top_k: 2\n  expert_hidden_size: 512\n  max_loops: 4\n"));
  EXPECT_THAT(OlmoConfigText(Config("354m-base.json"), "sequential"), testing::Not(HasSubstr("vffn")));
}

TEST_F(WriteCheckpointTest, RefusesWhatAFormatCannotExpress) {
  for (const char* name : {"tiny-moe.json", "tiny-4-loop.json"}) {
    const RandomCheckpoint source(Config(name));
    const std::string kind(NameOf(source.config().ffn.kind));
    EXPECT_EQ(Error(source, kOlmo), "the format olmo has no block for an FFN of kind " + kind +
                                        ": write the model in the format vffn");
    EXPECT_THAT(Error(source, kHuggingFace),
                AllOf(StartsWith("the format huggingface cannot express this model:\n"),
                      HasSubstr("\n  LlamaForCausalLM: it has no FFN of kind " + kind + "\n"),
                      EndsWith("\nWrite it in the format vffn")));
  }
  EXPECT_THAT(Error(RandomCheckpoint(Config("tiny-versatile.json")), kHuggingFace),
              HasSubstr("kind versatile"));
  ModelConfig config = TinyConfig();
  config.head_size = 10;
  EXPECT_THAT(Error(RandomCheckpoint(config), kOlmo),
              HasSubstr("cannot express head_size 10 with 6 heads and d_model 48"));
  config = TinyConfig();
  config.rope_theta = 10000.5;
  EXPECT_THAT(Error(RandomCheckpoint(config), kOlmo), HasSubstr("cannot express rope_theta 10000.5"));
  config = TinyConfig();
  config.attention_out_bias = true;
  EXPECT_THAT(Error(RandomCheckpoint(config), kOlmo), HasSubstr("cannot express biases"));
  EXPECT_THAT(Error(RandomCheckpoint(config), kHuggingFace),
              HasSubstr("attention_bias stands for both qkv_bias and attention_out_bias"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(WriteCheckpointTest, WritesNothingOverAnything) {
  WriteFile(folder_ / "file", "precious");
  const RandomCheckpoint source(TinyConfig());
  EXPECT_THAT(ErrorOf([&] { WriteCheckpoint(source, kVffn, folder_.path()); }),
              HasSubstr("is there already"));
  EXPECT_EQ(ReadFile(folder_ / "file"), "precious");
}

TEST_F(WriteCheckpointTest, ANaNLeavesNothing) {
  RandomCheckpoint source(TinyConfig());
  ASSERT_TRUE(WriteCheckpoint(source, kVffn, folder_ / "good"));
  std::filesystem::create_directory(folder_ / "bad");
  const std::filesystem::path weights = folder_ / "good/model.safetensors";
  std::string bytes = ReadFile(weights);
  bytes.replace(bytes.size() - 4, 4, "\xff\xff\xff\x7f");
  WriteFile(weights, bytes);
  EXPECT_THAT(ErrorOf([&] { WriteCheckpoint(*OpenCheckpoint(folder_ / "good"), kOlmo, folder_ / "bad"); }),
              HasSubstr("tensor head.weight holds nan at [300, 47]"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "bad"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 2);
}

// A limit on file size fails a write as a full disk does; here of the weights, after the configuration
// fitted.
TEST_F(WriteCheckpointTest, AFullDiskLeavesNothing) {
  const RandomCheckpoint source(TinyConfig());
  ASSERT_TRUE(WriteCheckpoint(source, kOlmo, folder_ / "whole"));
  const auto room = std::filesystem::file_size(folder_ / "whole/model.pt") / 2;
  ASSERT_LT(std::filesystem::file_size(folder_ / "whole/config.yaml"), room);
  struct rlimit old;
  getrlimit(RLIMIT_FSIZE, &old);
  const auto old_handler = signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {room, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = Error(source, kOlmo);
  setrlimit(RLIMIT_FSIZE, &old);
  signal(SIGXFSZ, old_handler);
  EXPECT_THAT(message, HasSubstr("model.pt: cannot be written: File too large"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(WriteCheckpointTest, StopsBetweenTensors) {
  std::stop_source stop;
  stop.request_stop();
  const RandomCheckpoint source(TinyConfig());
  EXPECT_FALSE(WriteCheckpoint(source, kVffn, folder_ / "stopped", {.stop = stop.get_token()}));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(WriteCheckpointTest, CopiesCompanionsAndShowsProgress) {
  WriteFile(folder_ / "tokenizer.json", "{}");
  std::string shown;
  Progress progress({.write = [&](std::string_view text) { shown += text; }});
  WriteCheckpoint(RandomCheckpoint(TinyConfig()), kHuggingFace, folder_ / "out",
                  {.companions = {folder_ / "tokenizer.json"}, .progress = &progress});
  EXPECT_EQ(ReadFile(folder_ / "out/tokenizer.json"), "{}");
  EXPECT_THAT(shown, HasSubstr("writing 100%  30/30 tensors"));  // 3 layers of 9, embedding, norm, head
}

TEST(CheckpointFormat, IsReadBackFromItsName) {
  for (const CheckpointFormat format : {kVffn, kOlmo, kHuggingFace}) {
    EXPECT_EQ(ParseCheckpointFormat(NameOf(format), "x"), format);
  }
  EXPECT_EQ(ErrorOf([] { ParseCheckpointFormat("gguf", "--to"); }),
            "--to: is 'gguf'; choose one of vffn, olmo, huggingface");
}

}  // namespace
}  // namespace vffn
