#include "train/config/olmo_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// The keys of the authors' configs/model_config.yaml, with a model as small as the dense oracle.
constexpr char kReleaseKeys[] = R"(run_name: small
seed: 6198
dry_run: false
wandb: {name: "${run_name}", project: small}
model:
  d_model: 64
  n_heads: 4
  n_layers: 3
  mlp_hidden_size: 256
  weight_tying: false
  alibi: false
  rope: true
  flash_attention: true
  attention_dropout: 0.0
  attention_layer_norm: false
  clip_qkv: null
  include_bias: false
  block_type: versatilevffn
  layer_norm_type: rms
  layer_norm_with_affine: true
  layer_norm_eps: 1e-6
  bias_for_layer_norm: false
  attention_layer_norm_with_affine: false
  activation_type: swiglu
  residual_dropout: 0.0
  embedding_dropout: 0.0
  max_sequence_length: 128
  vocab_size: 230
  embedding_size: 256
  eos_token_id: 0
  pad_token_id: 1
  init_device: meta
  init_fn: normal
  init_std: 0.02
  init_cutoff_factor: 3
softmax_auxiliary_loss: false
softmax_loss_multiplier: 10
balance_loss: true
balance_loss_multiplier: 5e-5
compile: null
optimizer:
  name: adamw
  learning_rate: 5e-4
  weight_decay: 0.1
  eps: 1e-8
  decay_norm_and_bias: false
  decay_embeddings: true
  betas:
  - 0.9
  - 0.95
  metrics_log_interval: 10
scheduler:
  name: cosine_with_warmup
  t_warmup: 15
  alpha_f: 0.1
  warmup_min_lr: 5e-6
tokenizer:
  identifier: TOKENIZER
  truncate_direction: right
save_folder: out
save_overwrite: true
save_interval: 10000
save_num_checkpoints_to_keep: 100
save_interval_unsharded: 700
save_num_unsharded_checkpoints_to_keep: 100
load_path: LOAD_PATH
reset_optimizer_state: True
reset_trainer_state: True
max_duration: 1ep
global_train_batch_size: 8
device_train_microbatch_size: 3
precision: amp_bf16
fsdp: {wrapping_strategy: null, precision: mixed}
max_grad_norm: 1.0
max_grad_norm_ratio: null
speed_monitor: {window_size: 20}
eval_interval: 70
eval_subset_num_batches: -1
device_eval_batch_size: ${device_train_microbatch_size}
evaluators:
- {label: piqa, type: downstream}
- {label: openbook_qa, type: downstream}
data:
  pad_direction: right
  num_workers: 32
  drop_last: true
  pin_memory: true
  prefetch_factor: 8
  persistent_workers: true
  timeout: 0
  instance_filter:
    repetition_max_period: 13
    repetition_min_period: 1
    repetition_max_count: 32
  paths:
  - TOKENS
)";

class OlmoConfigTest : public testing::Test {
 protected:
  OlmoConfigTest() : yaml_(kReleaseKeys) {
    WriteFile(folder_ / "a.npy", std::string(2 * 128 * 200, '\0'));
    WriteFile(folder_ / "tokenizer.json", "{}");
    Replace("TOKENS", (folder_ / "a.npy").string());
    Replace("TOKENIZER", (folder_ / "tokenizer.json").string());
    Replace("LOAD_PATH", Oracle("dense_sequential"));
  }

  static std::string Oracle(const char* name) {
    return std::string(VFFN_TESTS_DIR) + "/testdata/oracles/" + name + "/checkpoint";
  }
  void Replace(const std::string& text, const std::string& by) {
    const size_t place = yaml_.find(text);
    ASSERT_NE(place, std::string::npos) << text;
    yaml_.replace(place, text.size(), by);
  }
  /// Without the line that begins so.
  void Remove(const std::string& begin) {
    const size_t place = yaml_.find("\n" + begin);
    ASSERT_NE(place, std::string::npos) << begin;
    yaml_.erase(place, yaml_.find('\n', place + 1) - place);
  }
  void FromScratch() {
    Remove("load_path");
    Remove("reset_optimizer_state");
    Remove("reset_trainer_state");
  }
  TrainingConfigFile Read() {
    WriteFile(folder_ / "run.yaml", yaml_);
    return ReadTrainingConfigFile(folder_ / "run.yaml");
  }
  std::string ReadError() {
    return ErrorOf([&] { Read(); });
  }

  TemporaryFolder folder_;
  std::string yaml_;
};

TEST_F(OlmoConfigTest, ReadsTheReleasesKeys) {
  const TrainingConfigFile file = Read();
  const TrainingConfig& config = file.config;
  EXPECT_EQ(config.start.from, Oracle("dense_sequential"));
  ASSERT_TRUE(config.start.upcycle.has_value());
  EXPECT_EQ(config.start.upcycle->kind, FfnKind::kVersatile);
  EXPECT_EQ(config.start.upcycle->n_experts, 8);
  EXPECT_EQ(config.start.upcycle->top_k, 2);
  EXPECT_EQ(config.start.upcycle->max_loops, 4);
  EXPECT_EQ(config.start.upcycle->expert_hidden_size, 16);
  EXPECT_EQ(config.start.tokenizer, (folder_ / "tokenizer.json").string());
  EXPECT_EQ(config.optimizer, OptimizerConfig());  // the paper's
  EXPECT_EQ(config.schedule.warmup_steps, 15);
  EXPECT_DOUBLE_EQ(config.schedule.start_factor, 0.01);
  EXPECT_EQ(config.loss.balance_coefficient, 5e-5);
  EXPECT_EQ(config.seed, 6198u);
  EXPECT_EQ(config.data.sequence_length, 128);
  EXPECT_THAT(config.data.train, ElementsAre((folder_ / "a.npy").string()));
  EXPECT_EQ(config.data.repetition_filter, RepetitionFilter());
  EXPECT_EQ(config.global_batch, 8);
  EXPECT_EQ(config.micro_batch, 3);
  EXPECT_EQ(config.steps, 25);  // 200 sequences
  EXPECT_EQ(config.checkpoints.every, 700);
  EXPECT_EQ(config.checkpoints.keep, 100);
  EXPECT_EQ(config.evaluation.every, 70);
  EXPECT_EQ(config.evaluation.tasks, "piqa,openbook_qa");
  EXPECT_EQ(config.dtype, Dtype::kBfloat16);
  EXPECT_FALSE(config.activation_checkpointing);
}

// Data sets that the paper does not use, and request files.
TEST_F(OlmoConfigTest, EveryLabelWhoseDataAreInstalledIsEvaluated) {
  Replace(
      "- {label: openbook_qa, type: downstream}",
      "- {label: mmlu_stem_val_rc_var, type: downstream}\n- {label: trivia_qa_wiki_ppl, type: downstream}\n"
      "- {label: arc_easy_rc_5shot, type: downstream}\n- {label: v3-small-ppl-validation}\n"
      "- {label: mmlu, type: downstream}");
  const TrainingConfigFile file = Read();
  EXPECT_EQ(file.config.evaluation.tasks, "piqa,mmlu_stem_val_rc_var,trivia_qa_wiki_ppl,arc_easy_rc_5shot");
  EXPECT_THAT(file.notes,
              Contains("evaluators: v3-small-ppl-validation is not one of the tasks here and is left out"));
  EXPECT_THAT(file.notes, Contains("evaluators: mmlu is not one of the tasks here and is left out"));
}

TEST_F(OlmoConfigTest, NotesNameWhatIsMissingAndWhatHasNoEffect) {
  const std::vector<std::string> notes = Read().notes;
  EXPECT_THAT(notes, Contains("not in the file, the constant of the authors' code is taken: n_experts: 8, "
                              "top_k: 2, max_loops: 4"));
  EXPECT_THAT(notes, Contains(HasSubstr("not in the file: the temperature")));
  EXPECT_THAT(notes, Contains(AllOf(HasSubstr("OLMo's default is taken"),
                                    HasSubstr("model.rope_theta: 10000"), Not(HasSubstr("null")))));
  EXPECT_THAT(notes, Contains(AllOf(HasSubstr("without effect here"), HasSubstr("fsdp"),
                                    HasSubstr("softmax_loss_multiplier"), HasSubstr("data.num_workers"),
                                    Not(HasSubstr("max_grad_norm")))));
  Remove("  mlp_hidden_size");
  FromScratch();
  const TrainingConfigFile file = Read();
  EXPECT_EQ(file.config.start.model->ffn_hidden_size, 128);
  EXPECT_THAT(file.notes, Contains(HasSubstr("model.mlp_ratio: 4")));
}

TEST_F(OlmoConfigTest, DurationsAreStepsTokensOrEpochs) {
  const std::map<std::string, int64_t> durations = {
      {"2ep", 50}, {"25431", 25431}, {"1e3", 1000}, {"2e6T", 1953}, {"2048 T", 2}};
  for (const auto& [duration, steps] : durations) {
    yaml_ = yaml_.substr(0, yaml_.find("max_duration: ")) + "max_duration: " + duration +
            yaml_.substr(yaml_.find("\nglobal_train_batch_size"));
    Remove("  t_warmup");
    Replace("scheduler:", "scheduler:\n  t_warmup: 0");
    EXPECT_EQ(Read().config.steps, steps) << duration;
  }
}

TEST_F(OlmoConfigTest, OlmosDefaultsAreTaken) {
  FromScratch();
  for (const char* key : {"  learning_rate", "  weight_decay", "  eps", "  decay_embeddings",
                          "  warmup_min_lr", "seed", "max_grad_norm:", "  - 0.9", "  - 0.95", "  betas"}) {
    Remove(key);
  }
  const TrainingConfigFile file = Read();
  const TrainingConfig& config = file.config;
  EXPECT_EQ(config.optimizer.learning_rate, 1e-4);
  EXPECT_EQ(config.optimizer.weight_decay, 0.01);
  EXPECT_EQ(config.optimizer.epsilon, 1e-5);
  EXPECT_EQ(config.optimizer.beta2, 0.95);
  EXPECT_FALSE(config.optimizer.decay_embeddings);
  EXPECT_EQ(config.optimizer.max_gradient_norm, 0);
  EXPECT_EQ(config.schedule.start_factor, 0.1);
  EXPECT_EQ(config.seed, 6198u);
  EXPECT_THAT(file.notes, Contains(AllOf(HasSubstr("optimizer.eps: 1e-5"), HasSubstr("seed: 6198"),
                                         HasSubstr("optimizer.betas: [0.9,0.95]"))));
  Remove("  name: adamw");
  EXPECT_THAT(ReadError(), HasSubstr("optimizer.name: lionw (OLMo's default), supported is adamw"));
}

TEST_F(OlmoConfigTest, UnitsMayBeTokens) {
  Replace("  t_warmup: 15", "  units: tokens\n  t_warmup: 2048\n  t_max: 1e5");
  EXPECT_THAT(ReadError(),
              HasSubstr("scheduler.t_max is 100000 tokens, no multiple of the tokens of a step, 1024"));
  Replace("1e5", "20480");
  const TrainingConfig config = Read().config;
  EXPECT_EQ(config.schedule.warmup_steps, 2);
  EXPECT_EQ(config.schedule.end_step, 20);
}

TEST_F(OlmoConfigTest, OneErrorListsEverythingNotSupported) {
  Replace("max_grad_norm_ratio: null", "max_grad_norm_ratio: 2\nstop_at: 100\nunheard_of: 1");
  Replace("softmax_auxiliary_loss: false", "softmax_auxiliary_loss: true");
  Replace("attention_dropout: 0.0", "attention_dropout: 0.1");
  Replace("init_std: 0.02", "init_std: 0.03");
  Replace("precision: amp_bf16", "precision: amp_fp16");
  Replace("  alpha_f: 0.1", "  alpha_f: 0.1\n  grad_clip_warmup_steps: 5\n  alpha: 1");
  Replace("repetition_max_count", "repetition_count");
  EXPECT_THAT(ReadError(),
              AllOf(HasSubstr("run.yaml: keys that change the training and are not supported:"),
                    HasSubstr("max_grad_norm_ratio: 2, supported is null"), HasSubstr("stop_at: 100"),
                    HasSubstr("unheard_of: unknown key"),
                    HasSubstr("softmax_auxiliary_loss: true, supported is false"),
                    HasSubstr("model.attention_dropout: 0.1"), HasSubstr("model.init_std: 0.03"),
                    HasSubstr("precision: amp_fp16"), HasSubstr("scheduler.grad_clip_warmup_steps: 5"),
                    HasSubstr("scheduler.alpha: unknown key"),
                    HasSubstr("data.instance_filter.repetition_count: unknown key")));
}

TEST_F(OlmoConfigTest, TheCheckpointMustBeTheModel) {
  Replace("d_model: 64", "d_model: 128");
  EXPECT_THAT(ReadError(), AllOf(HasSubstr("load_path"), HasSubstr("is another model: its d_model is 64")));
  Replace("d_model: 128", "d_model: 64");
  Replace("reset_trainer_state: True", "reset_trainer_state: false");
  EXPECT_THAT(ReadError(), HasSubstr("reset_optimizer_state and reset_trainer_state are not both true"));
}

TEST_F(OlmoConfigTest, AVersatileCheckpointIsContinued) {
  Replace(Oracle("dense_sequential"), Oracle("upcycle_e8k2l4"));
  const TrainingConfig config = Read().config;
  EXPECT_FALSE(config.start.upcycle.has_value());
  EXPECT_EQ(config.start.model_args, "top_k=2");
  Replace("block_type: versatilevffn", "block_type: versatilevffn\n  max_loops: 3");
  EXPECT_THAT(ReadError(), HasSubstr("is another model: its max_loops is 4, that of the file 3"));
  Replace("block_type: versatilevffn\n  max_loops: 3", "block_type: sequential");
  EXPECT_THAT(ReadError(), HasSubstr("is a VersatileFFN, but the model of the file is not"));
}

TEST_F(OlmoConfigTest, ADenseModelFromScratch) {
  FromScratch();
  Replace("block_type: versatilevffn", "block_type: sequential");
  Replace("precision: amp_bf16", "precision: fp32\nactivation_checkpointing: whole_layer");
  const TrainingConfigFile file = Read();
  EXPECT_TRUE(file.config.start.from.empty());
  EXPECT_EQ(file.config.start.model->ffn.kind, FfnKind::kDense);
  EXPECT_EQ(file.config.start.model->vocab_size, 256);
  EXPECT_EQ(file.config.dtype, Dtype::kFloat32);
  EXPECT_TRUE(file.config.activation_checkpointing);
  EXPECT_THAT(file.notes, Not(Contains(HasSubstr("temperature"))));
  EXPECT_THAT(file.notes, Contains(HasSubstr("balance_loss_multiplier")));
}

TEST_F(OlmoConfigTest, FilesThatCannotBeReadAreErrors) {
  const std::string tokens = (folder_ / "a.npy").string();
  Replace(tokens, "s3://bucket/a.npy");
  EXPECT_THAT(ReadError(), HasSubstr("data.paths is s3://bucket/a.npy: copy it to this machine first"));
  Replace("s3://bucket/a.npy", "${path.glob:/data/*}");
  EXPECT_THAT(ReadError(), HasSubstr("data.paths is ${path.glob:/data/*}: only ${KEY}"));
  Replace("${path.glob:/data/*}", "/absent.npy");
  EXPECT_THAT(ReadError(), HasSubstr("/absent.npy: no such file"));
  Replace("/absent.npy", tokens);
  Replace("seed: 6198", "seed: 6198\nseed: 1");
  EXPECT_THAT(ReadError(), HasSubstr("duplicate key seed"));
  WriteFile(folder_ / "run.txt", "");
  EXPECT_THAT(ErrorOf([&] { ReadTrainingConfigFile(folder_ / "run.txt"); }), HasSubstr("a .json file, or a"));
}

}  // namespace
}  // namespace vffn
