#include "tests/train/run/tiny_run.h"

#include <cstdint>
#include <vector>

#include "base/interrupted.h"
#include "base/random.h"

namespace vffn {

void WriteTinyTokens(const std::filesystem::path& path, int64_t tokens, uint64_t seed) {
  Random random(seed, "tokens");
  std::vector<uint16_t> values;
  uint64_t last = 5;
  for (int64_t i = 0; i < tokens; ++i) {
    last = (last * 7 + 1 + random.Below(3)) % (kTinyVocabulary - 1) + 1;
    values.push_back(static_cast<uint16_t>(last));
  }
  WriteFile(path, {reinterpret_cast<const char*>(values.data()), 2 * values.size()});
}

Json TinyConfigJson(const std::filesystem::path& folder, std::string_view ffn) {
  WriteTinyTokens(folder / "train.npy", 2000, 1);
  WriteTinyTokens(folder / "held_out.npy", 200, 2);
  Json model = {{"d_model", 16},
                {"n_layers", 2},
                {"n_heads", 2},
                {"n_kv_heads", 2},
                {"head_size", 8},
                {"ffn_hidden_size", 32},
                {"vocab_size", kTinyVocabulary},
                {"max_sequence_length", 32},
                {"rope_theta", 10000.0},
                {"norm_epsilon", 1e-5},
                {"tied_head", false},
                {"ffn", ffn}};
  if (ffn == "versatile" || ffn == "moe") {
    model.update({{"n_experts", 4}, {"top_k", 2}, {"expert_hidden_size", 8}});
  }
  if (ffn == "versatile" || ffn == "k_loop") {
    model["max_loops"] = 3;
  }
  return {{"model", model},
          {"data",
           {{"train", {(folder / "train.npy").string()}},
            {"held_out", {(folder / "held_out.npy").string()}},
            {"sequence_length", 16}}},
          {"optimizer", {{"learning_rate", 0.01}}},
          {"tau", {{"share", 0.9}}},
          {"steps", 12},
          {"global_batch", 8},
          {"micro_batch", 4},
          {"seed", 3},
          {"dtype", "float32"},
          {"device", "cpu"},
          {"threads", 1}};
}

TrainingConfig TinyTrainingConfig(const std::filesystem::path& folder, std::string_view ffn) {
  return ParseTrainingConfig(ParseJson(TinyConfigJson(folder, ffn).dump(), "tiny"), "tiny", folder);
}

TrainOutcome TrainTiny(const TrainingConfig& config, const std::filesystem::path& output, bool resume) {
  return Train({.config = config, .output = output, .resume = resume}).value();
}

void TrainOneStep(const TrainingConfig& config, const std::filesystem::path& output) {
  std::stop_source stop;
  stop.request_stop();
  try {
    Train({.config = config, .output = output, .resume = true, .stop = stop.get_token()});
  } catch (const Interrupted&) {
  }
}

}  // namespace vffn
