// A model in training: forward and backward pass of one micro-batch.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "model/config.h"
#include "model/weights/checkpoint.h"
#include "train/engine/parameter_store.h"

namespace vffn {

struct TrainingOptions {
  at::Device device = at::kCPU;
  /// Of the operands of linear layers: kFloat, kBFloat16 (with float32 master weights); kDouble, in which
  /// everything is float64, for checks of the gradients.
  at::ScalarType type = at::kFloat;
  bool activation_checkpointing = false;  ///< layers keep their input only and run again in the backward pass
};

/// What all layers of one micro-batch share.
struct TrainingPass {
  int64_t step = 1;            ///< of the run, from 1; with seed, layer and position it decides the noise
  uint64_t seed = 0;           ///< of the Gumbel noise
  int64_t first_sequence = 0;  ///< index of the micro-batch's first sequence in the global batch
  double tau = 5.0;            ///< Eq. 10
  double loss_divisor =
      1;  ///< the loss is the sum of cross entropies divided by this: B T of the global batch
  std::vector<int64_t> left_out;        ///< sequences of the micro-batch whose tokens are not predicted
  double balance_coefficient = 0;       ///< times the share of the micro-batch in the global batch
  double loop_balance_coefficient = 0;  ///< likewise (LossConfig)
  /// For tests: replaces the noise of a layer, [B T, L_max].
  std::function<at::Tensor(int64_t layer)> gumbel_noise;
};

/// Sums over a micro-batch, on the model's device; nothing in them has been read by the host.
struct TrainingSums {
  at::Tensor loss;          // scalar float64: sum of cross entropies / loss_divisor
  at::Tensor balance_loss;  // scalar: mean over layers, coefficient not applied; undefined without experts
  at::Tensor loops;         // [n_layers, L_max] int64: tokens by drawn loop count; undefined without loops
  at::Tensor lambda;        // [n_layers] sum of lambda
  at::Tensor experts;       // [n_layers, N] int64: routed pairs
};

class TrainingModel {
 public:
  /// Takes the weights of `checkpoint` (a file, a new model, an upcycled one) as master weights.
  TrainingModel(const Checkpoint& checkpoint, const TrainingOptions& options);
  ~TrainingModel();

  const ModelConfig& config() const;
  ParameterStore& parameters();
  const ParameterStore& parameters() const;

  /// Adds the gradients of a micro-batch to those in parameters(). `tokens` is [B, T] int64 on the model's
  /// device; the labels are the same ids shifted by one, so that the last position of a sequence has none.
  /// Call parameters().CastWeights() first, once for each step.
  TrainingSums ForwardBackward(const at::Tensor& tokens, const TrainingPass& pass);

  /// The same without gradients: the loss with loop counts drawn as in training.
  TrainingSums Forward(const at::Tensor& tokens, const TrainingPass& pass);

  /// Floating-point operations executed so far by forward and backward passes (2 per multiply-add of a
  /// linear layer and of attention).
  double flops() const;

 private:
  struct Parts;
  TrainingSums Run(const at::Tensor& tokens, const TrainingPass& pass, bool gradients);

  std::unique_ptr<Parts> parts_;
};

}  // namespace vffn
