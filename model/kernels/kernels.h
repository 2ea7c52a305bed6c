// CPU kernels of the scoring engine. They are compiled once per instruction set and chosen at run time.
//
// Every kernel works row by row: the result of a row does not depend on the other rows of the call, on their
// number, or on the row's position among them. A sum over k has one fixed order: a score is therefore the
// same to the last bit however tokens are packed. In float32, the sum is one chain of fused multiply-adds in
// the order of k, and all instruction sets with FMA give the same bits.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/activation.h"
#include "model/matrix_rows.h"
#include "model/trie_rows.h"

namespace vffn::kernels {

/// The arithmetic of linear layers. Everything outside them is float32 in both cases.
enum class GemmPrecision {
  kFloat32,
  kBfloat16,  ///< operands rounded to bfloat16 (nearest even), sums in float32
};

struct AlignedDelete {
  void operator()(void* memory) const;
};
using AlignedBytes = std::unique_ptr<std::byte[], AlignedDelete>;
AlignedBytes AllocateAligned(size_t bytes);

/// A weight matrix [n, k] laid out for one instruction set: panels of some outputs, each stored as [k,
/// outputs], or as pairs [k/2, outputs, 2] in bfloat16 where the processor multiplies pairs. The rows are in
/// `parts` equal parts, and each part begins a new panel. A part's last panel is padded with zeros.
struct PackedMatrix {
  int64_t n = 0;
  int64_t k = 0;
  int64_t parts = 1;
  GemmPrecision precision = GemmPrecision::kFloat32;
  int64_t panels = 0;  ///< in all parts
  AlignedBytes data;
};

struct PackArgs {
  const float* weights = nullptr;    ///< [n, k]
  const MatrixRows* rows = nullptr;  ///< instead of `weights`
  int64_t n = 0;
  int64_t k = 0;
  GemmPrecision precision = GemmPrecision::kFloat32;
  int64_t parts = 1;  ///< divides n; 2 for a gated FFN's input, whose halves are multiplied side by side
};

/// Rows [n_begin, n_end) and columns [k_begin, k_end) of a packed matrix. They may begin inside a panel.
struct PackedView {
  PackedView(const PackedMatrix& whole) : matrix(&whole), n_end(whole.n), k_end(whole.k) {}
  PackedView(const PackedMatrix& whole, int64_t n_begin, int64_t n_end, int64_t k_begin, int64_t k_end)
      : matrix(&whole), n_begin(n_begin), n_end(n_end), k_begin(k_begin), k_end(k_end) {}

  int64_t n() const { return n_end - n_begin; }
  int64_t k() const { return k_end - k_begin; }

  const PackedMatrix* matrix;
  int64_t n_begin = 0, n_end, k_begin = 0, k_end;
};

/// RMSNorm or LayerNorm of d numbers x:
///   (x - m) / sqrt(mean((x - m)^2) + epsilon) * weight + bias,
/// m their mean if `centred`, else 0.
struct RowNorm {
  const float* weight = nullptr;  ///< [d]; null: 1
  const float* bias = nullptr;    ///< [d]; null: 0
  float epsilon = 0;
  bool centred = false;
};

/// Input rows of a product: row i is x + rows[i] * stride, normalised if there is a norm.
struct InputArgs {
  const float* x = nullptr;
  int64_t stride = 0;             ///< in elements
  const int64_t* rows = nullptr;  ///< null: row i is row i of x
  const RowNorm* norm = nullptr;  ///< null: none

  const float* Row(int64_t i) const { return x + (rows ? rows[i] : i) * stride; }
};

/// Output rows of a product: out = stream + multiplier * (sum + bias). Each operation is rounded to float32,
/// on every instruction set and in both precisions.
struct OutputArgs {
  float* y = nullptr;           ///< row i is y + i * stride
  int64_t stride = 0;           ///< in elements
  const float* bias = nullptr;  ///< null: none
  float multiplier = 1;
  const float* stream = nullptr;  ///< null: none; may be y, or the input
  int64_t stream_stride = 0;
  const int64_t* stream_rows = nullptr;  ///< null: row i is row i of the stream
};

/// out[m, n] of a w^T, a the input.
struct GemmArgs {
  InputArgs input;
  int64_t m = 0;
  PackedView w;
  OutputArgs output;
};

/// An FFN: out of (activation(input activated^T + bias) * (input linear^T + bias)) out^T. The hidden values
/// are never in memory all at once, unless they are asked for.
struct MlpArgs {
  InputArgs input;
  int64_t m = 0;
  Activation activation = Activation::kSilu;
  PackedView activated;                   ///< [f, d]
  const PackedView* linear = nullptr;     ///< [f, d], begins in the same column of a panel; null: not gated
  const float* activated_bias = nullptr;  ///< [f]; null: none
  const float* linear_bias = nullptr;     ///< [f]; null: none
  PackedView out;                         ///< [d, f]; its columns begin in the same place of a panel, too
  OutputArgs output;
  float* hidden = nullptr;  ///< [m, f] the hidden values, before they become operands; null: not kept
};

/// Eq. 7 for each token i of `rows`: sum_j weights[i, j] * outputs[places[i, j]], j ascending, plus
/// addend[i]. It joins the stream as OutputArgs say or, if there is `lambda`, by Eq. 3: (1 - lambda[i]) *
/// stream + lambda[i] * sum. Each operation is rounded to float32.
struct MixArgs {
  const float* outputs = nullptr;   ///< rows of d numbers
  const int64_t* places = nullptr;  ///< [rows, k]
  const float* weights = nullptr;   ///< [rows, k]
  int64_t rows = 0;
  int64_t k = 0;
  int64_t d = 0;
  const float* addend = nullptr;    ///< [rows, d]; null: none
  const float* lambda = nullptr;    ///< [rows]; null: none
  const int64_t* y_rows = nullptr;  ///< row of y of each token; null: row i is token i's
  OutputArgs output;                ///< without a bias
};

/// out[rows, f] = activation(activated), times `linear` if there is one: the activation of MlpArgs by itself.
/// Rows of `linear` and of `activated` are `stride` elements apart. Relative error: 1e-6; of gelu_tanh below
/// -3, where it is next to 0, up to 1e-5.
struct ActivationArgs {
  Activation activation = Activation::kSilu;
  /// Of the product that the values enter. Sets that multiply pairs of bfloat16 approximate quotients for it.
  GemmPrecision precision = GemmPrecision::kFloat32;
  const float* linear = nullptr;  ///< null: not gated
  const float* activated = nullptr;
  int64_t stride = 0;
  int64_t rows = 0;
  int64_t f = 0;
  float* out = nullptr;
};

/// Normalises each group of d numbers in a row (RowNorm); groups are adjacent. `out` may be `x`.
struct NormArgs {
  const float* x = nullptr;
  float* out = nullptr;  ///< rows `stride` elements apart, as those of x
  int64_t rows = 0;
  int64_t stride = 0;
  int64_t groups = 1;
  int64_t d = 0;
  RowNorm norm;             ///< of the first group
  int64_t weight_step = 0;  ///< from one group's weight and bias to the next one's; 0: all share them
};

/// The rotation of queries and keys: of a head, dimension j < half with dimension j + half. Those from 2 half
/// on stay.
struct RotationArgs {
  const float* cosine = nullptr;  ///< [T, half]
  const float* sine = nullptr;    ///< [T, half]
  int64_t half = 0;               ///< 0: nothing is rotated
};

/// Grouped-query softmax attention of every row over its ancestors and itself.
struct AttentionArgs {
  const float* qkv = nullptr;  ///< [T, (n_heads + 2 n_kv_heads) * head_size]
  float* out = nullptr;        ///< [T, n_heads * head_size]
  std::span<const Segment> segments;
  int64_t n_heads = 0;
  int64_t n_kv_heads = 0;
  int64_t head_size = 0;
  RotationArgs rotation;
  float scale = 1;     ///< of query-key products
  float softcap = 0;   ///< c: scaled products s become c tanh(s / c); 0: none
  int64_t window = 0;  ///< a row sees itself and the window - 1 rows before it on its path; 0: all
  GemmPrecision precision =
      GemmPrecision::kFloat32;  ///< of both products; sets without tile products use float32
};

/// What happens to logits x after the product: x becomes c tanh(y / c) of y = multiplier * (x + bias).
struct LogitArgs {
  const float* bias = nullptr;  ///< [V]; null: none
  float multiplier = 1;
  float softcap = 0;  ///< c; 0: none
};

/// log softmax(logits(hidden w^T))[token] for every target. The logits of a row are never in memory all at
/// once.
struct HeadArgs {
  const float* hidden = nullptr;  ///< [rows, k]
  int64_t rows = 0;
  const PackedMatrix* w = nullptr;  ///< [V, k]
  LogitArgs logits;
  std::span<const Target> targets;  ///< sorted by row
  float* log_probs = nullptr;       ///< per target; NaN or infinite if the row's logits are
  uint8_t* greedy = nullptr;  ///< per target: 1 if the token has the highest logit (ties to the lowest id)
};

/// The kernels of one instruction set. Thread safe: each thread keeps its own scratch memory.
struct Kernels {
  const char* name;

  PackedMatrix (*pack)(const PackArgs& args);
  PackedMatrix (*allocate)(const PackArgs& args);  ///< the same, not filled; without weights or rows
  void (*fill)(const PackArgs& args, int64_t first_panel, int64_t end_panel, PackedMatrix& packed);
  void (*gemm)(const GemmArgs& args);
  void (*mlp)(const MlpArgs& args);
  void (*mix)(const MixArgs& args);
  void (*norm)(const NormArgs& args);
  void (*activate)(const ActivationArgs& args);
  void (*attention)(const AttentionArgs& args);
  void (*head)(const HeadArgs& args);
};

/// Every set that this processor can run, the fastest first. Each one was checked once against the generic
/// set (FaultOf); a set that computes something wrong here is left out, with a warning on stderr.
std::vector<const Kernels*> SupportedKernels();

/// The fastest of them.
const Kernels& BestKernels();

}  // namespace vffn::kernels
