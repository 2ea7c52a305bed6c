// Linear layers, the head, and the table of one instruction set's kernels. Included last in each translation
// unit.
#pragma once

#include "model/kernels/activation_kernels.h"
#include "model/kernels/attention_kernel.h"

namespace {

using vffn::Target;
using vffn::kernels::GemmArgs;
using vffn::kernels::HeadArgs;
using vffn::kernels::Kernels;
using vffn::kernels::LogitArgs;
using vffn::kernels::PackedView;

/// The part of GemmArgs::c that one panel of weights computes.
struct PanelColumns {
  int64_t in_c;     // first column of c
  int64_t skipped;  // columns of the panel before it
  int64_t count;
};

/// Computes one tile of GemmArgs::c. Sums go through a buffer where c does not have all of the tile's rows or
/// columns, and where the bias is added.
template <class Operand>
void GemmTile(const GemmArgs& args, int64_t k, const typename Operand::Element* a,
              const typename Operand::Element* b, int64_t row, const PanelColumns& columns, bool resume,
              bool last) {
  const int64_t rows = Min(kTileRows, args.m - row);
  float* c = args.c + row * args.c_stride + columns.in_c;
  if (rows == kTileRows && columns.count == kPanel && !(last && args.bias)) {
    Operand::MultiplyTile(k, a, b, kPanel * Operand::kStep, c, args.c_stride, resume);
    return;
  }
  alignas(64) float tile[kTileRows * kPanel];
  for (int64_t r = 0; resume && r < rows; ++r) {
    std::memcpy(tile + r * kPanel + columns.skipped, c + r * args.c_stride, columns.count * sizeof(float));
  }
  Operand::MultiplyTile(k, a, b, kPanel * Operand::kStep, tile, kPanel, resume);
  for (int64_t r = 0; r < rows; ++r) {
    const float* sums = tile + r * kPanel + columns.skipped;
    float* out = c + r * args.c_stride;
    if (last && args.bias) {
      for (int64_t i = 0; i < columns.count; ++i) {
        out[i] = sums[i] + args.bias[columns.in_c + i];
      }
    } else {
      std::memcpy(out, sums, columns.count * sizeof(float));
    }
  }
}

template <class Operand>
void GemmAs(const GemmArgs& args) {
  const PackedView& w = args.w;
  const int64_t lead =
      w.k_begin % Operand::kStep;  // a view may begin inside a step: what is before is times 0
  const KBlocks<Operand> blocks(lead + w.k());
  ActivationBlock<Operand> activations(blocks);
  for (int64_t begin = 0; begin < args.m; begin += kBlockRows) {
    const int64_t rows = Min(kBlockRows, args.m - begin);
    for (int64_t row = 0; row < rows; ++row) {
      activations.FillRow(row, args.a + (begin + row) * args.a_stride, lead);
    }
    activations.FinishRows(rows);
    for (int64_t block = 0; block < blocks.count; ++block) {
      for (int64_t panel = w.n_begin / kPanel; panel * kPanel < w.n_end; ++panel) {
        const int64_t first = Max(panel * kPanel, w.n_begin);
        const PanelColumns columns{first - w.n_begin, first - panel * kPanel,
                                   Min((panel + 1) * kPanel, w.n_end) - first};
        const auto* b = PanelAt<Operand>(*w.matrix, panel, w.k_begin - lead + blocks.begin(block));
        for (int64_t row = 0; row < rows; row += kTileRows) {
          GemmTile<Operand>(args, blocks.size(block), activations.At(block, row), b, begin + row, columns,
                            block > 0, block == blocks.count - 1);
        }
      }
    }
  }
}

/// What LogitArgs say, for the logits of tokens [first, first + count) in one row.
inline void FinishLogits(const LogitArgs& args, int64_t first, int64_t count, float* logits) {
  if (args.bias) {
    for (int64_t i = 0; i < count; ++i) {
      logits[i] += args.bias[first + i];
    }
  }
  if (args.softcap > 0) {
    SoftCap(logits, count, args.multiplier, args.softcap);
  } else if (args.multiplier != 1) {
    for (int64_t i = 0; i < count; ++i) {
      logits[i] *= args.multiplier;
    }
  }
}

/// The running softmax of one row of logits.
struct RowSoftmax {
  float max = -INFINITY;
  double sum = 0;  // of exp(logit - max)
  int64_t best = 0;

  void Add(const float* logits, int64_t count, int64_t first_token) {
    const float tile_max = MaxOf(logits, count);
    if (tile_max > max) {
      int64_t i = 0;
      while (logits[i] != tile_max) {
        ++i;
      }
      best = first_token + i;
      sum *= std::exp(static_cast<double>(max) - static_cast<double>(tile_max));
      max = tile_max;
    }
    const Floats row_max = Vector::Set(max);
    LaneSum tile_sum;
    ForEachVector(logits, count, -INFINITY,
                  [&](int64_t i, Floats v) { tile_sum.Add(i, ExpOfNegative(v - row_max)); });
    sum += tile_sum.Total();
  }
};

template <class Operand>
void HeadAs(const HeadArgs& args) {
  constexpr int64_t kRows = 96;
  constexpr int64_t kColumns = 256;
  static_assert(kRows % kTileRows == 0 && kColumns % kPanel == 0);
  const KBlocks<Operand> blocks(args.w->k);
  ActivationBlock<Operand> activations(blocks);
  float* logits = Scratch<float, 7>(kRows * kColumns);
  RowSoftmax* softmax = Scratch<RowSoftmax, 8>(kRows);
  size_t target = 0;
  for (int64_t begin = 0; begin < args.rows; begin += kRows) {
    const int64_t rows = Min(kRows, args.rows - begin);
    const size_t first_target = target;
    while (target < args.targets.size() && args.targets[target].row < begin + rows) {
      ++target;
    }
    for (int64_t row = 0; row < rows; ++row) {
      activations.FillRow(row, args.hidden + (begin + row) * args.w->k);
      softmax[row] = RowSoftmax();
    }
    activations.FinishRows(rows);
    for (int64_t token = 0; token < args.w->n; token += kColumns) {
      const int64_t columns = Min(kColumns, args.w->n - token);
      for (int64_t block = 0; block < blocks.count; ++block) {
        for (int64_t column = 0; column < columns; column += kPanel) {
          const auto* b = PanelAt<Operand>(*args.w, (token + column) / kPanel, blocks.begin(block));
          for (int64_t row = 0; row < rows; row += kTileRows) {
            Operand::MultiplyTile(blocks.size(block), activations.At(block, row), b, kPanel * Operand::kStep,
                                  logits + row * kColumns + column, kColumns, block > 0);
          }
        }
      }
      for (int64_t row = 0; row < rows; ++row) {
        FinishLogits(args.logits, token, columns, logits + row * kColumns);
        softmax[row].Add(logits + row * kColumns, columns, token);
      }
      for (size_t t = first_target; t < target; ++t) {
        const int64_t column = args.targets[t].token - token;
        if (column >= 0 && column < columns) {
          args.log_probs[t] = logits[(args.targets[t].row - begin) * kColumns + column];
        }
      }
    }
    for (size_t t = first_target; t < target; ++t) {
      const RowSoftmax& row = softmax[args.targets[t].row - begin];
      args.log_probs[t] =
          static_cast<float>(static_cast<double>(args.log_probs[t]) - row.max - std::log(row.sum));
      args.greedy[t] = row.best == args.targets[t].token;
    }
  }
}

PackedMatrix Pack(const float* weights, int64_t n, int64_t k, GemmPrecision precision) {
  if (precision == GemmPrecision::kFloat32) {
    return PackAs<FloatOperand<false>>(weights, n, k, precision);
  }
#ifdef VFFN_NATIVE_BFLOAT16
  return PackAs<Bfloat16Operand>(weights, n, k, precision);
#else
  return PackAs<FloatOperand<true>>(weights, n, k, precision);
#endif
}

#ifdef VFFN_NATIVE_BFLOAT16
using ReducedOperand = Bfloat16Operand;
#else
using ReducedOperand = FloatOperand<true>;
#endif

void Gemm(const GemmArgs& args) {
  args.w.matrix->precision == GemmPrecision::kFloat32 ? GemmAs<FloatOperand<false>>(args)
                                                      : GemmAs<ReducedOperand>(args);
}

void Head(const HeadArgs& args) {
  args.w->precision == GemmPrecision::kFloat32 ? HeadAs<FloatOperand<false>>(args)
                                               : HeadAs<ReducedOperand>(args);
}

constexpr Kernels MakeKernels(const char* name) {
  return {name, &Pack, &Gemm, &Norm, &Rotary, &Activate, &Attention, &Head};
}

}  // namespace
