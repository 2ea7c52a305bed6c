#include "train/run/training_step.h"

#include <algorithm>
#include <span>

#include "base/error.h"
#include "train/config/schedules.h"
#include "train/engine/optimizer.h"

namespace vffn {
namespace {

constexpr int64_t kCpuTokens = 4096, kGpuTokens = 65536;

}  // namespace

TrainingStep::TrainingStep(const StepParts& parts)
    : parts_(parts), order_(parts.data->size(), parts.config->data.shuffle, parts.config->seed) {}

at::Tensor TrainingStep::Tokens(int64_t first_position, int64_t sequences, std::vector<int64_t>& left_out) {
  const auto length = static_cast<size_t>(parts_.data->sequence_length());
  const auto& filter = parts_.config->data.repetition_filter;
  at::Tensor tokens = at::empty({sequences, static_cast<int64_t>(length)}, at::kLong);  // [B, T]
  left_out.clear();
  for (int64_t i = 0; i < sequences; ++i) {
    const std::span<int64_t> values(tokens.mutable_data_ptr<int64_t>() + i * length, length);
    parts_.data->Read(order_.At(first_position + i), parts_.model->config().vocab_size, values);
    if (filter && IsRepetitive(values, *filter)) {
      left_out.push_back(i);
    }
  }
  return tokens.to(parts_.device);
}

at::Tensor TrainingStep::Run(int64_t step, StepSums& sums) {
  const TrainingConfig& config = *parts_.config;
  TrainingModel& model = *parts_.model;
  const int64_t batch = config.global_batch;
  const int64_t own = batch / parts_.group->world_size();
  const int64_t begin = own * parts_.group->rank();
  TrainingPass pass;
  pass.step = step;
  pass.seed = config.seed;
  pass.tau = Temperature(config, step);
  pass.loss_divisor = static_cast<double>(batch * parts_.data->sequence_length());
  model.parameters().CastWeights();
  model.parameters().ZeroGradients();
  for (int64_t first = begin; first < begin + own; first += parts_.micro_batch) {
    const int64_t sequences = std::min(parts_.micro_batch, begin + own - first);
    const double share = static_cast<double>(sequences) / static_cast<double>(batch);
    pass.first_sequence = first;
    pass.balance_coefficient = config.loss.balance_coefficient * share;
    pass.loop_balance_coefficient = config.loss.loop_balance_coefficient * share;
    const at::Tensor tokens = Tokens((step - 1) * batch + first, sequences, pass.left_out);
    sums.Add(model.ForwardBackward(tokens, pass), share);
  }
  parts_.group->AllReduceSum(model.parameters().gradients());
  return AdamWStep(model.parameters(), config.optimizer, LearningRate(config, step), step);
}

int64_t ChooseMicroBatch(const TrainingConfig& config, const at::Device& device, int processes) {
  VFFN_CHECK(config.global_batch % processes == 0, "global_batch is ", config.global_batch,
             " sequences, which ", processes, " processes cannot share equally");
  const int64_t own = config.global_batch / processes;
  const int64_t tokens = device.is_cpu() ? kCpuTokens : kGpuTokens;
  const int64_t wanted = config.micro_batch > 0 ? config.micro_batch
                                                : std::max<int64_t>(1, tokens / config.data.sequence_length);
  return std::min(own, wanted);
}

}  // namespace vffn
