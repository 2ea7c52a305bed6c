// The training kernels' loops over rows. Included once in each instruction set's translation unit, after its
// Vector, inside an anonymous namespace.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "train/engine/kernels/training_kernels.h"
//
#include "model/kernels/float_operands.h"
//
#include "model/kernels/vector_rows.h"

namespace {

using vffn::kernels::Bfloat16;
using vffn::kernels::ExpertWindows;
using vffn::kernels::TrainingKernels;

using Halves = uint16_t __attribute__((vector_size(2 * kWidth)));
using Words = uint32_t __attribute__((vector_size(4 * kWidth)));

inline Floats LoadVector(const float* p) { return Vector::Load(p); }
inline Floats LoadVector(const Bfloat16* p) {
  Halves h;
  std::memcpy(&h, p, sizeof h);
  return (Floats)(__builtin_convertvector(h, Words) << 16);
}
inline void StoreVector(float* p, Floats v) { Vector::Store(p, v); }
inline void StoreVector(Bfloat16* p, Floats v) {
  const Words bits = (Words)v;
  const Words rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;  // to nearest even
  const Words kept = v != v ? Words{} + 0x7fc0 : rounded;
  const Halves h = __builtin_convertvector(kept, Halves);
  std::memcpy(p, &h, sizeof h);
}

/// The first `count` values at p, zeros behind them.
template <class T>
inline Floats Load(const T* p, int64_t count) {
  if (count >= kWidth) {
    return LoadVector(p);
  }
  T part[kWidth] = {};
  std::memcpy(part, p, count * sizeof(T));
  return LoadVector(part);
}

template <class T>
inline void Store(T* p, Floats v, int64_t count) {
  if (count >= kWidth) {
    StoreVector(p, v);
    return;
  }
  T part[kWidth];
  StoreVector(part, v);
  std::memcpy(p, part, count * sizeof(T));
}

}  // namespace

#include "train/engine/kernels/attention_loops.h"

namespace {

template <class T>
void Norm(const float* x, const float* weight, float epsilon, int64_t rows, int64_t d, T* out, float* scale) {
  for (int64_t row = 0; row < rows; ++row, x += d, out += d) {
    LaneSum squares;
    for (int64_t i = 0; i < d; i += kWidth) {
      squares.AddSquare(i, Load(x + i, d - i));
    }
    scale[row] = 1.0f / std::sqrt(squares.Total() / static_cast<float>(d) + epsilon);
    const Floats factor = Vector::Set(scale[row]);
    for (int64_t i = 0; i < d; i += kWidth) {
      Store(out + i, Load(x + i, d - i) * factor * Load(weight + i, d - i), d - i);
    }
  }
}

template <class T>
void Normalise(const float* x, const float* weight, const float* scale, int64_t rows, int64_t d, T* out) {
  for (int64_t row = 0; row < rows; ++row, x += d, out += d) {
    const Floats factor = Vector::Set(scale[row]);
    for (int64_t i = 0; i < d; i += kWidth) {
      Store(out + i, Load(x + i, d - i) * factor * Load(weight + i, d - i), d - i);
    }
  }
}

/// With n = x * scale: dweight += dy * n; dx += scale * (dy * weight - n * mean(dy * weight * n)).
template <class T>
void NormBackward(const T* dy, const float* x, const float* weight, const float* scale, int64_t rows,
                  int64_t d, float* dx, float* dweight) {
  for (int64_t row = 0; row < rows; ++row, dy += d, x += d, dx += d) {
    const Floats factor = Vector::Set(scale[row]);
    LaneSum products;
    for (int64_t i = 0; i < d; i += kWidth) {
      const Floats g = Load(dy + i, d - i);
      const Floats n = Load(x + i, d - i) * factor;
      products.Add(i, g * Load(weight + i, d - i) * n);
      Store(dweight + i, Vector::Fma(g, n, Load(dweight + i, d - i)), d - i);
    }
    const Floats mean = Vector::Set(products.Total() / static_cast<float>(d));
    for (int64_t i = 0; i < d; i += kWidth) {
      const Floats g = Load(dy + i, d - i) * Load(weight + i, d - i);
      const Floats n = Load(x + i, d - i) * factor;
      Store(dx + i, Vector::Fma(factor, g - n * mean, Load(dx + i, d - i)), d - i);
    }
  }
}

template <class T>
void Rotary(T* qkv, int64_t rows, int64_t stride, int64_t heads, int64_t head_size, int64_t first_row,
            int64_t length, const float* cosine, const float* sine, float direction) {
  const int64_t half = head_size / 2;
  const Floats sign = Vector::Set(direction);
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t position = (first_row + row) % length;
    for (int64_t head = 0; head < heads; ++head) {
      T* first = qkv + row * stride + head * head_size;
      T* second = first + half;
      for (int64_t i = 0; i < half; i += kWidth) {
        const Floats c = Load(cosine + position * half + i, half - i);
        const Floats s = Load(sine + position * half + i, half - i) * sign;
        const Floats a = Load(first + i, half - i);
        const Floats b = Load(second + i, half - i);
        Store(first + i, a * c - b * s, half - i);
        Store(second + i, b * c + a * s, half - i);
      }
    }
  }
}

/// 1 / (1 + exp(-x)).
inline Floats Sigmoid(Floats x) {
  const Floats one = Vector::Set(1.0f);
  const Floats e = ExpOfNegative(x > Floats{} ? -x : x);  // exp(-|x|) cannot overflow
  return (x < Floats{} ? e : one) * Vector::Reciprocal(one + e);
}

template <class T>
void SwiGlu(const T* u, int64_t rows, int64_t f, T* out) {
  for (int64_t row = 0; row < rows; ++row, u += 2 * f, out += f) {
    for (int64_t i = 0; i < f; i += kWidth) {
      const Floats gate = Load(u + f + i, f - i);
      Store(out + i, Load(u + i, f - i) * (gate * Sigmoid(gate)), f - i);
    }
  }
}

template <class T>
void SwiGluBackward(const T* dout, const T* u, int64_t rows, int64_t f, T* du, T* out) {
  const Floats one = Vector::Set(1.0f);
  for (int64_t row = 0; row < rows; ++row, dout += f, u += 2 * f, du += 2 * f) {
    for (int64_t i = 0; i < f; i += kWidth) {
      const Floats g = Load(dout + i, f - i);
      const Floats linear = Load(u + i, f - i);
      const Floats gate = Load(u + f + i, f - i);
      const Floats sigmoid = Sigmoid(gate);
      const Floats silu = gate * sigmoid;
      Store(du + i, g * silu, f - i);
      Store(du + f + i, g * linear * sigmoid * (one + gate * (one - sigmoid)), f - i);
      if (out) {
        Store(out + row * f + i, linear * silu, f - i);
      }
    }
  }
}

/// The weight of each hidden unit of a row, in scratch memory.
inline const float* HiddenMask(const ExpertWindows& windows, int64_t row, int64_t f) {
  float* mask = Scratch<float, 7>(f + kWidth);
  std::memset(mask, 0, f * sizeof(float));
  for (int64_t k = 0; k < windows.top_k; ++k) {
    float* window = mask + windows.begins[windows.experts[row * windows.top_k + k]];
    const float gate = windows.gates[row * windows.top_k + k];
    for (int64_t i = 0; i < windows.size; ++i) {
      window[i] += gate;
    }
  }
  return mask;
}

template <class T>
void MaskHidden(const T* a, const ExpertWindows& windows, int64_t rows, int64_t f, T* out) {
  for (int64_t row = 0; row < rows; ++row, a += f, out += f) {
    const float* mask = HiddenMask(windows, row, f);
    for (int64_t i = 0; i < f; i += kWidth) {
      Store(out + i, Load(a + i, f - i) * Load(mask + i, f - i), f - i);
    }
  }
}

template <class T>
void MaskHiddenBackward(T* dmasked, const T* a, const ExpertWindows& windows, int64_t rows, int64_t f,
                        float* dgates) {
  for (int64_t row = 0; row < rows; ++row, a += f, dmasked += f) {
    for (int64_t k = 0; k < windows.top_k; ++k) {
      const int64_t begin = windows.begins[windows.experts[row * windows.top_k + k]];
      LaneSum sum;
      for (int64_t i = 0; i < windows.size; i += kWidth) {
        const int64_t count = windows.size - i;
        sum.Add(i, Load(a + begin + i, count) * Load(dmasked + begin + i, count));
      }
      dgates[row * windows.top_k + k] = sum.Total();
    }
    const float* mask = HiddenMask(windows, row, f);
    for (int64_t i = 0; i < f; i += kWidth) {
      Store(dmasked + i, Load(dmasked + i, f - i) * Load(mask + i, f - i), f - i);
    }
  }
}

template <class T>
void CrossEntropy(T* logits, const int64_t* labels, int64_t rows, int64_t v, float scale, double* losses) {
  float* exps = Scratch<float, 7>(v + kWidth);
  for (int64_t row = 0; row < rows; ++row, logits += v) {
    if (labels[row] < 0) {
      std::memset(logits, 0, v * sizeof(T));
      losses[row] = 0;
      continue;
    }
    const Floats lowest = Vector::Set(-INFINITY);
    Floats max = lowest;
    for (int64_t i = 0; i < v; i += kWidth) {
      Floats x = Load(logits + i, v - i);
      if (v - i < kWidth) {
        Floats last = lowest;
        for (int64_t j = 0; j < v - i; ++j) {
          last[j] = x[j];
        }
        x = last;
      }
      Vector::Store(exps + i, x);
      max = Vector::Max(max, x);
    }
    float highest = -INFINITY;
    for (int i = 0; i < kWidth; ++i) {
      highest = max[i] > highest ? max[i] : highest;
    }
    const float label_logit = exps[labels[row]];
    const Floats shift = Vector::Set(highest);
    LaneSum sum;
    for (int64_t i = 0; i < v; i += kWidth) {
      const Floats e = ExpOfNegative(Vector::Load(exps + i) - shift);
      Vector::Store(exps + i, e);
      sum.Add(i, e);
    }
    const float total = sum.Total();
    losses[row] = std::log(static_cast<double>(total)) + static_cast<double>(highest) -
                  static_cast<double>(label_logit);
    const Floats factor = Vector::Set(scale / total);
    exps[labels[row]] -= total;
    for (int64_t i = 0; i < v; i += kWidth) {
      Store(logits + i, Vector::Load(exps + i) * factor, v - i);
    }
  }
}

template <class T>
void Add(const float* x, const T* y, int64_t n, float* out) {
  for (int64_t i = 0; i < n; i += kWidth) {
    Store(out + i, Load(x + i, n - i) + Load(y + i, n - i), n - i);
  }
}

template <class T>
void ScaleRows(const float* x, const float* scale, int64_t rows, int64_t d, T* out) {
  for (int64_t row = 0; row < rows; ++row, x += d, out += d) {
    const Floats factor = Vector::Set(scale[row]);
    for (int64_t i = 0; i < d; i += kWidth) {
      Store(out + i, Load(x + i, d - i) * factor, d - i);
    }
  }
}

template <class T>
void Dot(const float* x, const T* y, int64_t rows, int64_t d, float* out) {
  for (int64_t row = 0; row < rows; ++row, x += d, y += d) {
    LaneSum sum;
    for (int64_t i = 0; i < d; i += kWidth) {
      sum.Add(i, Load(x + i, d - i) * Load(y + i, d - i));
    }
    out[row] = sum.Total();
  }
}

template <class T>
void Cast(const float* x, int64_t n, T* out) {
  for (int64_t i = 0; i < n; i += kWidth) {
    Store(out + i, Load(x + i, n - i), n - i);
  }
}

template <class T>
void Accumulate(const T* x, int64_t n, float* sum) {
  for (int64_t i = 0; i < n; i += kWidth) {
    Store(sum + i, Load(sum + i, n - i) + Load(x + i, n - i), n - i);
  }
}

template <class T>
constexpr TrainingKernels<T> MakeTrainingKernels() {
  return {.norm = Norm<T>,
          .normalise = Normalise<T>,
          .norm_backward = NormBackward<T>,
          .rotary = Rotary<T>,
          .attention = Attend<T>,
          .attention_backward = AttendBackward<T>,
          .swiglu = SwiGlu<T>,
          .swiglu_backward = SwiGluBackward<T>,
          .mask_hidden = MaskHidden<T>,
          .mask_hidden_backward = MaskHiddenBackward<T>,
          .cross_entropy = CrossEntropy<T>,
          .add = Add<T>,
          .scale_rows = ScaleRows<T>,
          .dot = Dot<T>,
          .cast = Cast<T>,
          .accumulate = Accumulate<T>};
}

}  // namespace
