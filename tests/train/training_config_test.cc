#include "train/config/training_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "model/config_file.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kModel[] = R"({"d_model": 64, "n_layers": 2, "n_heads": 4, "n_kv_heads": 4, "head_size": 16,
  "ffn_hidden_size": 128, "vocab_size": 512, "max_sequence_length": 128, "ffn": "dense"})";

Json Smallest() {
  return {{"model", Json::parse(kModel)},
          {"data", {{"train", "tokens"}, {"sequence_length", 128}}},
          {"global_batch", 8},
          {"steps", 100}};
}

/// Of a checkpoint that becomes a VersatileFFN.
Json Upcycling() {
  Json json = Smallest();
  json.erase("model");
  json["from"] = "base";
  json["upcycle"] = {{"ffn", "versatile"}, {"n_experts", 8}, {"top_k", 2}, {"max_loops", 4}};
  return json;
}

TrainingConfig ParseConfig(const Json& json) { return ParseTrainingConfig(json, "run.json", "/folder"); }

std::string ConfigError(const Json& json) {
  return ErrorOf([&] { ParseConfig(json); });
}

/// With one field of the smallest configuration replaced: "/optimizer/beta1".
std::string ErrorWith(const char* pointer, const Json& value, Json json = Smallest()) {
  json[Json::json_pointer(pointer)] = value;
  return ConfigError(json);
}

TEST(TrainingConfigTest, DefaultsAreThePapers) {
  const TrainingConfig config = ParseConfig(Smallest());
  EXPECT_EQ(config.start.model->ffn_hidden_size, 128);
  EXPECT_THAT(config.data.train, ElementsAre("/folder/tokens"));
  EXPECT_TRUE(config.data.shuffle);
  EXPECT_EQ(config.steps, 100);
  EXPECT_EQ(config.global_batch, 8);
  EXPECT_EQ(config.optimizer, OptimizerConfig());
  EXPECT_EQ(config.optimizer.learning_rate, 5e-4);
  EXPECT_EQ(config.tau, TauConfig());
  EXPECT_EQ(config.loss.balance_coefficient, 1e-5);
  EXPECT_EQ(config.dtype, Dtype::kBfloat16);
}

TEST(TrainingConfigTest, EveryFieldSurvivesTheRoundTrip) {
  Json json = Upcycling();
  json["upcycle"]["loop_mixture"] = "paper";
  json["upcycle"]["branches"] = "width";
  json["tokenizer"] = "../tokenizer.json";
  json["data"] = {{"train", {"a", "/b"}},  {"held_out", "c"},  {"dtype", "uint32"},
                  {"sequence_length", 64}, {"shuffle", false}, {"repetition_filter", {{"max_period", 5}}}};
  json["optimizer"] = {{"learning_rate", 1e-3},
                       {"beta1", 0.8},
                       {"beta2", 0.99},
                       {"epsilon", 1e-7},
                       {"weight_decay", 0.2},
                       {"decay_norms_and_biases", true},
                       {"decay_embeddings", false},
                       {"max_gradient_norm", 2.0}};
  json["schedule"] = {{"warmup_share", 0.1}, {"start_factor", 0.2}, {"end_factor", 0.3}, {"end_step", 90}};
  json["tau"] = {{"start", 4}, {"end", 0.2}, {"share", 0.8}};
  json["loss"] = {{"balance_coefficient", 0.01}, {"loop_balance_coefficient", 0.1}};
  json["checkpoints"] = {{"every", 10}, {"keep", 3}, {"keep_steps", {50, 100}}};
  json["evaluation"] = {{"every", 20},     {"tasks", {"piqa", "openbook_qa"}},
                        {"data", "tasks"}, {"profile", "lm-eval"},
                        {"limit", 0.5},    {"held_out_sequences", 7}};
  json.update({{"micro_batch", 4},
               {"seed", 18446744073709551615U},
               {"log_every", 5},
               {"dtype", "fp32"},
               {"device", "cuda:1"},
               {"threads", 2},
               {"activation_checkpointing", true}});
  const TrainingConfig config = ParseConfig(json);
  EXPECT_EQ(config.start.from, "/folder/base");
  EXPECT_EQ(config.start.upcycle->probes.branches, Branches::kWidth);
  EXPECT_EQ(config.start.tokenizer, "/tokenizer.json");
  EXPECT_THAT(config.data.train, ElementsAre("/folder/a", "/b"));
  EXPECT_EQ(config.evaluation.tasks, "piqa,openbook_qa");
  EXPECT_EQ(config.seed, 18446744073709551615U);
  EXPECT_EQ(config.schedule.end_step, 90);
  EXPECT_EQ(config.data.repetition_filter->max_period, 5);
  const std::string text = ToJson(config).dump(2);
  EXPECT_EQ(ParseTrainingConfig(ParseJson(text, "config.json"), "config.json", "/elsewhere"), config);
  const TrainingConfig plain = ParseConfig(Smallest());
  EXPECT_EQ(ParseConfig(Json::parse(ToJson(plain).dump())), plain);
}

TEST(TrainingConfigTest, MisspeltNamesAreRefusedWithTheKnownOnes) {
  Json json = Smallest();
  json.erase("global_batch");
  json["global_bach"] = 8;
  EXPECT_THAT(ConfigError(json), AllOf(HasSubstr("run.json: global_bach: unknown field; did you mean global_batch? The fields are"),
                                       HasSubstr("global_batch"), HasSubstr("epochs")));
  EXPECT_THAT(ErrorWith("/data/sequence", 3),
              AllOf(HasSubstr("data.sequence: unknown field"), HasSubstr("held_out")));
  EXPECT_THAT(ErrorWith("/optimizer/lr", 1),
              HasSubstr("optimizer.lr: unknown field; the fields are learning"));
  EXPECT_THAT(ErrorWith("/schedule/x", 1), HasSubstr("schedule.x: unknown field"));
  EXPECT_THAT(ErrorWith("/tau/x", 1), HasSubstr("tau.x: unknown field"));
  EXPECT_THAT(ErrorWith("/loss/x", 1), HasSubstr("loss.x: unknown field"));
  EXPECT_THAT(ErrorWith("/checkpoints/x", 1), HasSubstr("checkpoints.x: unknown field"));
  EXPECT_THAT(ErrorWith("/evaluation/x", 1), HasSubstr("evaluation.x: unknown field"));
  EXPECT_THAT(ErrorWith("/model/x", 1), HasSubstr("run.json: model: x: unknown field"));
  EXPECT_THAT(ErrorWith("/upcycle/x", 1, Upcycling()), HasSubstr("upcycle.x: unknown field"));
}

TEST(TrainingConfigTest, LengthInTokensIsRoundedUp) {
  Json json = Smallest();
  json.erase("steps");
  json["tokens"] = 1024;
  EXPECT_EQ(ParseConfig(json).steps, 1);
  json["tokens"] = 1025;
  EXPECT_EQ(ParseConfig(json).steps, 2);
  json["tokens"] = 2.048e6;
  EXPECT_EQ(ParseConfig(json).steps, 2000);
  json["tokens"] = 0.5;
  EXPECT_THAT(ConfigError(json), HasSubstr("tokens is 0.5, should be a whole number from 1"));
  json["steps"] = 3;
  EXPECT_THAT(ConfigError(json), HasSubstr("more than one of steps, tokens and epochs is given"));
  json.erase("steps");
  json.erase("tokens");
  EXPECT_THAT(ConfigError(json), HasSubstr("none of steps, tokens and epochs is given"));
}

TEST(TrainingConfigTest, AnEpochHasTheWholeBatchesOfTheData) {
  const TemporaryFolder folder;
  WriteFile(folder / "a.npy", std::string(2 * (128 * 20 + 5), '\0'));
  Json json = Smallest();
  json.erase("steps");
  json["epochs"] = 3;
  json["data"]["train"] = (folder / "a.npy").string();
  EXPECT_EQ(ParseConfig(json).steps, 6);
  json["global_batch"] = 21;
  EXPECT_THAT(ConfigError(json), HasSubstr("has 20 sequences of 128 tokens, fewer than a step needs"));
}

TEST(TrainingConfigTest, ModelsStandInFilesAndFolders) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "checkpoint");
  WriteFile(folder / "model.json", kModel);
  WriteFile(folder / "checkpoint/model.json", kModel);
  Json json = Smallest();
  const ModelConfig expected = *ParseConfig(json).start.model;
  for (const char* path : {"model.json", "checkpoint"}) {
    json["model"] = path;
    WriteFile(folder / "run.json", json.dump());
    const TrainingConfig config = ReadTrainingConfig(folder / "run.json");
    EXPECT_EQ(config.start.model, expected);
    EXPECT_THAT(config.data.train, ElementsAre((folder / "tokens").string()));
  }
  json["model"] = "absent.json";
  EXPECT_THAT(ConfigError(json), HasSubstr("/folder/absent.json"));
}

TEST(TrainingConfigTest, ContradictionsAreErrors) {
  EXPECT_THAT(ErrorWith("/from", "base"), HasSubstr("run.json: both model and from are given"));
  EXPECT_THAT(ErrorWith("/model", nullptr), HasSubstr("neither model nor from is given"));
  EXPECT_THAT(ErrorWith("/upcycle", Upcycling()["upcycle"]), HasSubstr("upcycle is given, but not `from`"));
  EXPECT_THAT(ErrorWith("/model_args", "top_k=2"), HasSubstr("model_args is for `from`"));
  EXPECT_THAT(ErrorWith("/model_args", "top_k=2", Upcycling()),
              HasSubstr("model_args is given beside upcycle"));
  EXPECT_THAT(ErrorWith("/data/sequence_length", 129), HasSubstr("model's max_sequence_length is 128"));
  EXPECT_THAT(ErrorWith("/schedule", {{"warmup_steps", 3}, {"warmup_share", 0.1}}),
              HasSubstr("schedule.warmup_share is given, but warmup_steps is given, too"));
  EXPECT_THAT(ErrorWith("/schedule", {{"warmup_steps", 101}}), HasSubstr("the warm-up has 101 steps"));
  EXPECT_THAT(ErrorWith("/tau", {{"decay", 0.9}, {"share", 0.1}}),
              HasSubstr("tau.share is given, but decay"));
  EXPECT_THAT(ErrorWith("/tau/end", 6), HasSubstr("tau.end is 6, should be at most tau.start"));
  EXPECT_THAT(ErrorWith("/micro_batch", 9), HasSubstr("micro_batch is 9"));
  EXPECT_THAT(ErrorWith("/checkpoints/keep_steps", {101}), HasSubstr("keep_steps: a step is 101"));
  EXPECT_THAT(ErrorWith("/evaluation/every", 5), HasSubstr("there is nothing to evaluate"));
  Json json = Upcycling();
  json["evaluation"] = {{"tasks", "all"}};
  EXPECT_THAT(ConfigError(json), HasSubstr("not evaluation.data"));
  json["evaluation"]["data"] = "tasks";
  EXPECT_THAT(ConfigError(json), HasSubstr("not evaluation.every"));
  json["evaluation"]["every"] = 10;
  EXPECT_EQ(ConfigError(json), "");
  json["evaluation"]["tasks"] = "piqa,piqua";
  EXPECT_THAT(ConfigError(json), AllOf(HasSubstr("run.json: evaluation:"), HasSubstr("piqua")));
}

TEST(TrainingConfigTest, ValuesOutOfRangeAreErrors) {
  EXPECT_THAT(ErrorWith("/optimizer/learning_rate", 0), HasSubstr("optimizer.learning_rate is 0"));
  EXPECT_THAT(ErrorWith("/optimizer/beta2", 1),
              HasSubstr("optimizer.beta2 is 1, should be from 0 to below 1"));
  EXPECT_THAT(ErrorWith("/optimizer/weight_decay", -1), HasSubstr("optimizer.weight_decay is -1"));
  EXPECT_THAT(ErrorWith("/optimizer/weight_decay", "a"), HasSubstr("optimizer.weight_decay is \"a\""));
  EXPECT_THAT(ErrorWith("/tau/share", 0), HasSubstr("tau.share is 0"));
  EXPECT_THAT(ErrorWith("/steps", 0), HasSubstr("steps is 0"));
  EXPECT_THAT(ErrorWith("/global_batch", 0), HasSubstr("global_batch is 0"));
  EXPECT_THAT(ErrorWith("/seed", -1), HasSubstr("seed is -1"));
  EXPECT_THAT(ErrorWith("/device", "gpu"), HasSubstr("device is 'gpu'"));
  EXPECT_THAT(ErrorWith("/dtype", "fp16"), HasSubstr("run.json: dtype: unknown dtype 'fp16'"));
  EXPECT_THAT(ErrorWith("/data/dtype", "int64"), HasSubstr("run.json: data.dtype: "));
  EXPECT_THAT(ErrorWith("/data/train", Json::array()), HasSubstr("data.train is missing"));
  EXPECT_THAT(ErrorWith("/checkpoints/keep", 0), HasSubstr("checkpoints.keep is 0"));
  EXPECT_THAT(ErrorWith("/evaluation/profile", "x"), HasSubstr("evaluation: "));
}

TEST(TrainingConfigTest, UpcyclingIsChecked) {
  const TrainingConfig config = ParseConfig(Upcycling());
  EXPECT_EQ(config.start.upcycle->kind, FfnKind::kVersatile);
  EXPECT_EQ(config.start.upcycle->expert_hidden_size, 0);  // floor(F / N), once F is known
  EXPECT_THAT(ErrorWith("/upcycle/ffn", "dense", Upcycling()), HasSubstr("upcycle.ffn is dense"));
  EXPECT_THAT(ErrorWith("/upcycle/top_k", 9, Upcycling()), HasSubstr("upcycle: top_k is 9"));
  EXPECT_THAT(ErrorWith("/upcycle/max_loops", nullptr, Upcycling()),
              HasSubstr("upcycle.max_loops is missing"));
  EXPECT_THAT(ErrorWith("/upcycle/shuffle_loops", 1U, Upcycling()),
              HasSubstr("shuffle_loops and sample_loops are controls"));
  Json json = Upcycling();
  json["upcycle"]["branches"] = "depth";
  json["upcycle"]["lambda"] = 0.5;
  EXPECT_THAT(ConfigError(json), HasSubstr("upcycle: lambda is given, but branches is depth"));
  json["upcycle"] = {{"ffn", "k_loop"}, {"max_loops", 4}};
  EXPECT_EQ(ParseConfig(json).start.upcycle->max_loops, 4);
  json["upcycle"]["top_k"] = 2;
  EXPECT_THAT(ConfigError(json), HasSubstr("upcycle.top_k: unknown field"));
}

}  // namespace
}  // namespace vffn
