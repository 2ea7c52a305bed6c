// CPU kernels of training: what lies between matrix products, forward and backward. They are compiled once
// per instruction set and chosen at run time. Rows are independent; the caller divides them among threads.
#pragma once

#include <cstdint>
#include <vector>

namespace vffn::kernels {

/// bfloat16 as its bits.
using Bfloat16 = uint16_t;

/// The experts of a row: hidden units begins[e] ... begins[e] + size - 1 belong to expert e.
struct ExpertWindows {
  const int64_t* begins = nullptr;   ///< [N]
  int64_t size = 0;                  ///< s
  const int64_t* experts = nullptr;  ///< [rows, k]
  const float* gates = nullptr;      ///< [rows, k]
  int64_t top_k = 0;
};

/// One key-value head of one sequence, with the query heads that share it. Matrices of the whole batch are
/// row-major; row r of a sequence of T tokens is row sequence * T + r.
template <class T>
struct AttentionHead {
  const T* qkv = nullptr;     ///< [B T, (n_heads + 2 n_kv_heads) head_size], rotated
  T* out = nullptr;           ///< [B T, n_heads head_size]; forward only
  float* log_sums = nullptr;  ///< [B, n_heads, T] log of the sum of exp(scores)
  const T* dout = nullptr;    ///< gradient of `out`; backward only
  T* dqkv = nullptr;          ///< gradient of `qkv`; backward only
  int64_t length = 0;         ///< T
  int64_t n_heads = 0, n_kv_heads = 0, head_size = 0;
  int64_t sequence = 0, kv_head = 0;

  int64_t group() const { return n_heads / n_kv_heads; }
  int64_t stride() const { return (n_heads + 2 * n_kv_heads) * head_size; }
  int64_t out_stride() const { return n_heads * head_size; }

  // First rows of the heads; query head q of the group.
  const T* query(int64_t q) const { return qkv + At(kv_head * group() + q); }
  const T* key() const { return qkv + At(n_heads + kv_head); }
  const T* value() const { return qkv + At(n_heads + n_kv_heads + kv_head); }
  T* dquery(int64_t q) const { return dqkv + At(kv_head * group() + q); }
  T* dkey() const { return dqkv + At(n_heads + kv_head); }
  T* dvalue() const { return dqkv + At(n_heads + n_kv_heads + kv_head); }
  T* out_of(int64_t q) const { return out + OutAt(q); }
  const T* dout_of(int64_t q) const { return dout + OutAt(q); }
  float* log_sums_of(int64_t q) const {
    return log_sums + (sequence * n_heads + kv_head * group() + q) * length;
  }

  int64_t At(int64_t head) const { return sequence * length * stride() + head * head_size; }
  int64_t OutAt(int64_t q) const {
    return sequence * length * out_stride() + (kv_head * group() + q) * head_size;
  }
};

/// The kernels for one type T of linear layers' operands; the residual stream is float32. All matrices are
/// row-major and contiguous unless a stride is given.
template <class T>
struct TrainingKernels {
  /// scale = rsqrt(mean(x^2) + epsilon); out = x * scale * weight.
  void (*norm)(const float* x, const float* weight, float epsilon, int64_t rows, int64_t d, T* out,
               float* scale);
  /// out = x * scale * weight: the same values as `norm` gave.
  void (*normalise)(const float* x, const float* weight, const float* scale, int64_t rows, int64_t d, T* out);
  /// Adds the gradients of norm's input and weight to dx [rows, d] and dweight [d].
  void (*norm_backward)(const T* dy, const float* x, const float* weight, const float* scale, int64_t rows,
                        int64_t d, float* dx, float* dweight);
  /// Rotates the first `heads` heads of each row, half-split, by cosine and direction * sine of its position
  /// first_row + row modulo `length`.
  void (*rotary)(T* qkv, int64_t rows, int64_t stride, int64_t heads, int64_t head_size, int64_t first_row,
                 int64_t length, const float* cosine, const float* sine, float direction);
  /// Causal softmax attention with scores in float32, of one head; the whole matrix of scores does not exist.
  void (*attention)(const AttentionHead<T>& head);
  void (*attention_backward)(const AttentionHead<T>& head);
  /// out[rows, f] = linear * silu(activated), u = [linear | activated].
  void (*swiglu)(const T* u, int64_t rows, int64_t f, T* out);
  /// du of dout; out is computed again (null: not wanted).
  void (*swiglu_backward)(const T* dout, const T* u, int64_t rows, int64_t f, T* du, T* out);
  /// out = m * a: m is the sum of the gate weights of the experts that a hidden unit belongs to.
  void (*mask_hidden)(const T* a, const ExpertWindows& windows, int64_t rows, int64_t f, T* out);
  /// Of mask_hidden: `dmasked` [rows, f] becomes m * dmasked, the gradient of a; dgates [rows, k] that of the
  /// gate weights.
  void (*mask_hidden_backward)(T* dmasked, const T* a, const ExpertWindows& windows, int64_t rows, int64_t f,
                               float* dgates);
  /// Cross entropy of rows of logits: losses[row] in nats, and the logits become scale * (softmax - one-hot),
  /// the gradient. A row whose label is negative has loss 0 and gradient 0.
  void (*cross_entropy)(T* logits, const int64_t* labels, int64_t rows, int64_t v, float scale,
                        double* losses);
  /// out = x + y.
  void (*add)(const float* x, const T* y, int64_t n, float* out);
  /// out = scale[row] * x, cast.
  void (*scale_rows)(const float* x, const float* scale, int64_t rows, int64_t d, T* out);
  /// out[row] = dot product of a row of x and of y.
  void (*dot)(const float* x, const T* y, int64_t rows, int64_t d, float* out);
  void (*cast)(const float* x, int64_t n, T* out);
  /// sum += x.
  void (*accumulate)(const T* x, int64_t n, float* sum);
};

/// The kernels of one instruction set.
struct TrainingKernelSet {
  const char* name;
  const TrainingKernels<float>* float32;
  const TrainingKernels<Bfloat16>* bfloat16;
};

/// Every set that this processor can run, the fastest first.
std::vector<const TrainingKernelSet*> SupportedTrainingKernels();

/// The fastest of them.
const TrainingKernelSet& BestTrainingKernels();

}  // namespace vffn::kernels
