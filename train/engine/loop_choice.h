// Loop counts in training: the draw of Eq. 10, expected loops, lambda, and their gradients.
#pragma once

#include <ATen/ATen.h>

#include "model/ffn/ffn_config.h"
#include "train/engine/layer_pass.h"

namespace vffn {

/// Per token, in the order of the batch. A tensor is undefined where nothing depends on it.
struct LoopDraw {
  at::Tensor soft;   // [T, L_max] softmax((logits + noise) / tau); undefined: the counts are given, not drawn
  at::Tensor plain;  // [T, L_max] softmax(logits), the distribution of the counts; undefined as `soft`
  at::Tensor counts;   // [T] int64, 1 to L_max
  at::Tensor mixture;  // [T, L_max] weights of the states in Eq. 11
  at::Tensor lambda;   // [T] Eq. 13, or as the probes fix it
  bool lambda_depends_on_draw = false;
};

/// `logits` is [T, L_max] in the state type.
LoopDraw DrawLoops(const at::Tensor& logits, const at::Tensor& noise, double tau, const FfnConfig& config);

/// Counts and lambda as the probes fix them (`loops`).
LoopDraw FixedLoops(int64_t tokens, const FfnConfig& config, const at::TensorOptions& states);

/// The gradient of the logits, [T, L_max]: straight through the hard choice, as the release. `dmixture` is
/// the gradient of `mixture`, [T, L_max]; `dlambda` that of lambda, [T].
at::Tensor DrawBackward(const LoopDraw& draw, const at::Tensor& dmixture, const at::Tensor& dlambda,
                        double tau);

/// The gradient of the logits that a balance loss of loop counts has: coefficient * L_max sum_l f_l P_l with
/// f_l the share of tokens that drew l (constant) and P_l the mean of `plain`. `shares` is f, [L_max].
at::Tensor LoopBalanceGradient(const LoopDraw& draw, const at::Tensor& shares, double coefficient);

}  // namespace vffn
