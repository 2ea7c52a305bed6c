#include "model/weights/olmo_heads.h"

#include <algorithm>

#include "base/error.h"

namespace vffn {
namespace {

constexpr char kRouter[] = "blocks.0.expert_gate.weight";
constexpr char kLoopHead[] = "blocks.0.depth_predictor.weight";

const TensorView* Find(std::span<const TensorView> tensors, const std::string& name) {
  const auto found = std::ranges::find(tensors, name, &TensorView::name);
  return found == tensors.end() ? nullptr : &*found;
}

const TensorView& RequiredHead(const OpenedFiles& opened, const std::string& name, const char* rows) {
  const TensorView* head = Find(opened.tensors, name);
  VFFN_CHECK(
      head != nullptr, opened.origin, ": block_type says VersatileFFN, but tensor ", name, " [", rows, ", ",
      opened.config.d_model,
      "] is missing. If this is a dense checkpoint, its block_type is sequential; `vffn convert --upcycle "
      "versatile` makes a VersatileFFN of it");
  VFFN_CHECK(head->shape.size() == 2, opened.origin, ": tensor ", name, " is ", ShapeText(head->shape),
             ", should be [", rows, ", ", opened.config.d_model, "]");
  return *head;
}

/// The size is the head's number of rows; what config.yaml says must be the same.
void SetFromHead(const OlmoConfig& config, const std::string& config_origin, const char* field,
                 const TensorView& head, int64_t& size) {
  const auto given = config.ffn_keys.find(field);
  VFFN_CHECK(given == config.ffn_keys.end() || size == head.shape[0], config_origin, ": ",
             given == config.ffn_keys.end() ? "" : given->second, " is ", size, ", but tensor ", head.name,
             " is ", ShapeText(head.shape));
  size = head.shape[0];
}

}  // namespace

bool HasHeads(std::span<const TensorView> tensors, const std::string& prefix) {
  return Find(tensors, prefix + kRouter) != nullptr || Find(tensors, prefix + kLoopHead) != nullptr;
}

void CompleteFromHeads(const OlmoConfig& config, const std::string& config_origin, const std::string& prefix,
                       OpenedFiles& opened) {
  const TensorView& router = RequiredHead(opened, prefix + kRouter, "n_experts");
  const TensorView& loop_head = RequiredHead(opened, prefix + kLoopHead, "max_loops");
  FfnConfig& ffn = opened.config.ffn;
  SetFromHead(config, config_origin, "n_experts", router, ffn.n_experts);
  SetFromHead(config, config_origin, "max_loops", loop_head, ffn.max_loops);
  if (!config.ffn_keys.contains("expert_hidden_size") && ffn.n_experts > 0) {
    ffn.expert_hidden_size = opened.config.ffn_hidden_size / ffn.n_experts;
    VFFN_CHECK(ffn.expert_hidden_size > 0, opened.origin, ": tensor ", router.name, " ",
               ShapeText(router.shape), " asks for ", ffn.n_experts, " experts of an FFN with ",
               opened.config.ffn_hidden_size, " hidden units");
  }
  ModelConfig as_opened = opened.config;
  ApplyModelArgs(opened.model_args, as_opened);
  VFFN_CHECK(
      as_opened.ffn.top_k != 0 || config.ffn_keys.contains("top_k"), config_origin, ": how many of the ",
      ffn.n_experts,
      " experts a token is routed to stands neither there nor in any tensor: give it with --model_args "
      "top_k=K (the paper's models: 2), or write `top_k: K` into a section `vffn:` of this file");
  Validate(as_opened.ffn, as_opened.ffn_hidden_size,
           opened.origin + ": the FFN of " + router.name + " " + ShapeText(router.shape) + " and " +
               loop_head.name + " " + ShapeText(loop_head.shape));
}

}  // namespace vffn
