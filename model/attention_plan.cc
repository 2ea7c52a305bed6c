#include "model/attention_plan.h"

namespace vffn {
namespace {

void AddMasks(const std::vector<PaddedTries>& tries, at::ScalarType type, AttentionScope& scope) {
  for (const PaddedTries& some : tries) {
    const bool causal = some.chains && scope.window == 0;
    scope.masks.push_back(causal ? at::Tensor() : some.Mask(scope.window, type));
  }
}

}  // namespace

AttentionPlan PlanAttention(const PackedBatch& batch, const ModelConfig& config, const Ropes& ropes,
                            const ComputeContext& context) {
  AttentionPlan plan{.full = {.angles = ropes.Full(batch), .visible_pairs = VisiblePairs(batch)},
                     .segments = batch.segments};
  if (config.window > 0) {
    plan.windowed = {.angles = config.window_rope_theta ? ropes.Windowed(batch) : plan.full.angles,
                     .window = config.window,
                     .visible_pairs = VisiblePairs(batch, config.window)};
  }
  if (context.kernels) {
    return plan;
  }
  plan.tries = PadTries(batch, context.device);
  AddMasks(plan.tries, context.inner_type, plan.full);
  if (config.window > 0) {
    AddMasks(plan.tries, context.inner_type, plan.windowed);
  }
  return plan;
}

}  // namespace vffn
