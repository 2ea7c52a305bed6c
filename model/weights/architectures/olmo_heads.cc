#include "model/weights/architectures/olmo_heads.h"

#include <algorithm>

#include "base/error.h"
#include "model/model_args.h"

namespace vffn {
namespace {

constexpr char kRouter[] = "transformer.blocks.0.expert_gate.weight";
constexpr char kLoopHead[] = "transformer.blocks.0.depth_predictor.weight";

const TensorView* Find(std::span<const TensorView> tensors, const std::string& name) {
  const auto found = std::ranges::find(tensors, name, &TensorView::name);
  return found == tensors.end() ? nullptr : &*found;
}

const TensorView& RequiredHead(const OlmoFolder& folder, const std::string& name, const char* rows,
                               int64_t d_model) {
  const TensorView* head = Find(folder.tensors, name);
  VFFN_CHECK(
      head != nullptr, folder.origin, ": block_type says VersatileFFN, but tensor ", name, " [", rows, ", ",
      d_model,
      "] is missing. If this is a dense checkpoint, its block_type is sequential; `vffn convert --upcycle "
      "versatile` makes a VersatileFFN of it");
  VFFN_CHECK(head->shape.size() == 2, folder.origin, ": tensor ", name, " is ", ShapeText(head->shape),
             ", should be [", rows, ", ", d_model, "]");
  return *head;
}

/// Sets a size to the head's number of rows. Throws if config.yaml gives another one.
void SetFromHead(const OlmoConfig& config, const OlmoFolder& folder, const char* field,
                 const TensorView& head, int64_t& size) {
  const auto given = config.ffn_keys.find(field);
  VFFN_CHECK(given == config.ffn_keys.end() || size == head.shape[0], folder.config.origin, ": ",
             given->second, " is ", size, ", but tensor ", head.name, " is ", ShapeText(head.shape));
  size = head.shape[0];
}

}  // namespace

bool HasHeads(std::span<const TensorView> tensors) {
  return Find(tensors, kRouter) != nullptr || Find(tensors, kLoopHead) != nullptr;
}

ModelConfig CompleteFromHeads(OlmoConfig config, const OlmoFolder& folder) {
  ModelConfig& model = config.model;
  FfnConfig& ffn = model.ffn;
  const TensorView& router = RequiredHead(folder, kRouter, "n_experts", model.d_model);
  const TensorView& loop_head = RequiredHead(folder, kLoopHead, "max_loops", model.d_model);
  SetFromHead(config, folder, "n_experts", router, ffn.n_experts);
  SetFromHead(config, folder, "max_loops", loop_head, ffn.max_loops);
  if (!config.ffn_keys.contains("expert_hidden_size") && ffn.n_experts > 0) {
    ffn.expert_hidden_size = model.ffn_hidden_size / ffn.n_experts;
    VFFN_CHECK(ffn.expert_hidden_size > 0, folder.origin, ": tensor ", router.name, " ",
               ShapeText(router.shape), " asks for ", ffn.n_experts, " experts of an FFN with ",
               model.ffn_hidden_size, " hidden units");
  }
  ModelConfig as_opened = model;
  ApplyModelArgs(folder.model_args, as_opened);
  VFFN_CHECK(
      as_opened.ffn.top_k != 0 || config.ffn_keys.contains("top_k"), folder.config.origin,
      ": does not say how many of the ", ffn.n_experts,
      " experts a token is routed to, and no tensor does: give it with --model_args top_k=K (the paper's "
      "models: 2), or write `top_k: K` into a section `vffn:` of this file");
  Validate(as_opened.ffn, as_opened.ffn_hidden_size,
           ArgsOrigin(folder.model_args, folder.origin) + ": the FFN of " + router.name + " " +
               ShapeText(router.shape) + " and " + loop_head.name + " " + ShapeText(loop_head.shape));
  return model;
}

}  // namespace vffn
