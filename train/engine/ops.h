// The operations of training between matrix products.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "model/rotary.h"
#include "train/engine/kernels/training_kernels.h"

namespace vffn {

/// The number of rows, from `rows` to `total`, that a matrix product with `rows` of `total` rows should have.
/// LibTorch's libraries generate code for every new shape, which costs more than a few rows of zeros: there
/// are at most 16 such numbers.
int64_t RoundedRows(int64_t rows, int64_t total);

/// How hidden units of the dense FFN are divided among experts, and which experts a token has.
struct HiddenMask {
  at::Tensor begins;   // [N] int64, on the CPU: first hidden unit of each expert
  int64_t size = 0;    // s: hidden units of one expert
  at::Tensor experts;  // [T, k] int64
  at::Tensor gates;    // [T, k] gate weights
};

/// The "state type" is that of the residual stream and of all sums: float32 (float64 if the linear type is).
/// The "linear type" is that of the operands and results of linear layers. On a CPU, float32 and bfloat16
/// have kernels; other devices and float64 use LibTorch's operators. Both compute the same values up to
/// rounding. Inputs are contiguous.
class Ops {
 public:
  Ops(at::Device device, at::ScalarType linear_type);

  at::ScalarType linear_type() const { return linear_; }
  at::ScalarType state_type() const { return state_; }
  at::Device device() const { return device_; }
  bool has_kernels() const { return kernels_ != nullptr; }

  struct Normed {
    at::Tensor out;    // [T, d] linear type
    at::Tensor scale;  // [T] state type: rsqrt(mean(x^2) + epsilon)
  };
  /// RMSNorm of states [T, d].
  Normed Norm(const at::Tensor& x, const at::Tensor& weight, double epsilon) const;

  /// The values of Norm again, from its scale.
  at::Tensor Normalise(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& scale) const;

  /// Adds the gradient of Norm's input to dx [T, d], and of its weight to dweight [d]. dy: linear type.
  void NormBackward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight,
                    const at::Tensor& scale, at::Tensor dx, at::Tensor dweight) const;

  /// Rotates queries and keys of qkv [B T, (n_heads + 2 n_kv_heads) * head_size] in place; row r has position
  /// r modulo `length`. direction -1: the inverse, which is also the backward pass.
  void Rotate(at::Tensor qkv, const RotaryAngles& angles, const HeadLayout& layout, int64_t length,
              double direction) const;

  struct Attended {
    at::Tensor out;       // [B T, n_heads * head_size] linear type
    at::Tensor log_sums;  // [B, n_heads, T] for the backward pass
  };
  /// Causal softmax attention within sequences of `length` rows, of rotated qkv. Only with kernels.
  Attended Attention(const at::Tensor& qkv, const HeadLayout& layout, int64_t length) const;

  /// The gradient of qkv.
  at::Tensor AttentionBackward(const at::Tensor& dout, const at::Tensor& qkv, const at::Tensor& log_sums,
                               const HeadLayout& layout, int64_t length) const;

  /// linear * silu(activated) of u [T, 2F] = [linear | activated]: [T, F].
  at::Tensor SwiGlu(const at::Tensor& u) const;

  struct SwiGluGradient {
    at::Tensor du;      // [T, 2F]
    at::Tensor hidden;  // [T, F] the forward value again
  };
  SwiGluGradient SwiGluBackward(const at::Tensor& dhidden, const at::Tensor& u) const;

  /// Each hidden unit times the sum of the gate weights of its experts: [T, F].
  at::Tensor MaskHidden(const at::Tensor& hidden, const HiddenMask& mask) const;

  /// `dmasked` [T, F] becomes the gradient of `hidden`. Returns that of the gate weights, [T, k] state type.
  at::Tensor MaskHiddenBackward(at::Tensor dmasked, const at::Tensor& hidden, const HiddenMask& mask) const;

  /// Sum of cross entropies (scalar float64) of logits [T, V], which become `scale` times their gradient.
  /// labels: [T] int64, negative: none.
  at::Tensor CrossEntropy(at::Tensor logits, const at::Tensor& labels, double scale) const;

  /// x + y: states plus the output of a linear layer.
  at::Tensor Add(const at::Tensor& x, const at::Tensor& y) const;
  void AddTo(const at::Tensor& x, const at::Tensor& y, at::Tensor out) const;

  /// Rows of states times `scale` [T], in the linear type.
  at::Tensor ScaleRows(const at::Tensor& x, const at::Tensor& scale) const;

  /// Dot products of rows: states [T, d] with states or linear values [T, d]: [T].
  at::Tensor Dot(const at::Tensor& x, const at::Tensor& y) const;

  /// States [T, d] in the linear type, followed by rows of zeros up to `rows` of them; the same tensor if
  /// nothing changes.
  at::Tensor Cast(const at::Tensor& x, int64_t rows) const;
  at::Tensor Cast(const at::Tensor& x) const { return Cast(x, x.size(0)); }

  /// sum += x, of any shape, for gradients.
  void Accumulate(at::Tensor sum, const at::Tensor& x) const;

 private:
  at::Device device_;
  at::ScalarType linear_, state_;
  const kernels::TrainingKernelSet* kernels_ = nullptr;
};

}  // namespace vffn
