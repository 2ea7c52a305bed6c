// CPU kernels of the scoring engine, compiled once per instruction set and chosen at run time.
//
// Every kernel works row by row: what it computes for a row does not depend on the other rows of the call, on
// their number or on the row's place among them. A sum over k is one chain of fused multiply-adds in the
// order of k, so a score is the same to the last bit however tokens are packed, and on every instruction set
// with FMA.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace vffn::kernels {

/// How linear layers compute. Everything outside them is float32 either way.
enum class GemmPrecision {
  kFloat32,
  kBfloat16,  ///< operands rounded to bfloat16 (nearest even), sums in float32
};

struct AlignedDelete {
  void operator()(void* memory) const;
};
using AlignedBytes = std::unique_ptr<std::byte[], AlignedDelete>;
AlignedBytes AllocateAligned(size_t bytes);

/// A weight matrix [n, k] laid out for one instruction set: panels of `panel_columns` outputs, each [k,
/// columns] (in bfloat16 pairs [k/2, columns, 2] where the processor multiplies those), the last one padded
/// with zeros.
struct PackedMatrix {
  int64_t n = 0;
  int64_t k = 0;
  GemmPrecision precision = GemmPrecision::kFloat32;
  AlignedBytes data;
};

/// Rows [n_begin, n_end) and columns [k_begin, k_end) of a packed matrix, wherever they lie in its panels.
struct PackedView {
  PackedView(const PackedMatrix& whole) : matrix(&whole), n_end(whole.n), k_end(whole.k) {}
  PackedView(const PackedMatrix& whole, int64_t n_begin, int64_t n_end, int64_t k_begin, int64_t k_end)
      : matrix(&whole), n_begin(n_begin), n_end(n_end), k_begin(k_begin), k_end(k_end) {}

  int64_t n() const { return n_end - n_begin; }
  int64_t k() const { return k_end - k_begin; }

  const PackedMatrix* matrix;
  int64_t n_begin = 0, n_end, k_begin = 0, k_end;
};

/// c[m, n] = a[m, k] w^T (+ residual[m, n]). Row strides in elements. `c` must not overlap `residual`.
struct GemmArgs {
  const float* a = nullptr;
  int64_t a_stride = 0;
  int64_t m = 0;
  PackedView w;
  float* c = nullptr;
  int64_t c_stride = 0;
  const float* residual = nullptr;  ///< null: none; row stride c_stride
};

/// A maximal chain of trie nodes in rows [begin, end) of a pack. It attends to itself, causally, and to all
/// of its parent chain, that one's parent, and so on.
struct Segment {
  int32_t begin = 0;
  int32_t end = 0;
  int32_t parent = -1;  ///< index of an earlier segment, -1 at a root
};

/// Softmax attention of every row over its ancestors and itself, grouped-query.
struct AttentionArgs {
  const float* qkv =
      nullptr;           ///< [T, (n_heads + 2 n_kv_heads) * head_size], rotated; head_size a multiple of 4
  float* out = nullptr;  ///< [T, n_heads * head_size]
  std::span<const Segment> segments;
  int64_t n_heads = 0;
  int64_t n_kv_heads = 0;
  int64_t head_size = 0;
};

/// One log-probability that is wanted.
struct Target {
  int32_t row = 0;  ///< of `hidden`; targets are sorted by row
  int32_t token = 0;
};

/// log softmax(hidden w^T)[token] for every target, without ever holding a row of logits.
struct HeadArgs {
  const float* hidden = nullptr;  ///< [rows, k]
  int64_t rows = 0;
  const PackedMatrix* w = nullptr;  ///< [V, k]
  std::span<const Target> targets;
  float* log_probs = nullptr;  ///< per target; NaN or infinite if the row's logits are
  uint8_t* greedy = nullptr;   ///< per target: 1 if the token has the highest logit (ties to the lowest id)
};

/// One set of kernels. Thread safe; each thread keeps its own scratch memory.
struct Kernels {
  const char* name;

  PackedMatrix (*pack)(const float* weights, int64_t n, int64_t k, GemmPrecision precision);
  void (*gemm)(const GemmArgs& args);
  /// out[rows, d] = x * rsqrt(mean(x^2) + epsilon) * weight
  void (*rms_norm)(const float* x, const float* weight, float epsilon, int64_t rows, int64_t d, float* out);
  /// Rotates the first `heads` heads of each row in place, half-split; cosine and sine are [rows,
  /// head_size/2].
  void (*rotary)(float* qkv, int64_t rows, int64_t stride, int64_t heads, int64_t head_size,
                 const float* cosine, const float* sine);
  /// out[rows, f] = up * silu(gate); a row of `up` and of `gate` begins `stride` elements after the one
  /// before
  void (*swiglu)(const float* up, const float* gate, int64_t stride, int64_t rows, int64_t f, float* out);
  void (*attention)(const AttentionArgs& args);
  void (*head)(const HeadArgs& args);
};

/// Every set this processor can run, the fastest first.
std::vector<const Kernels*> SupportedKernels();

/// The fastest of them.
const Kernels& BestKernels();

}  // namespace vffn::kernels
