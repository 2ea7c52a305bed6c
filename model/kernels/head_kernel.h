// The output head: log softmax of logits that are never in memory all at once.
#pragma once

#include "model/kernels/panel_products.h"
#include "model/kernels/vector_rows.h"

namespace {

using vffn::Target;
using vffn::kernels::HeadArgs;
using vffn::kernels::LogitArgs;

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

/// Turns the logit of a target into its results, given the finished softmax of its row.
template <class Softmax>
void FinishTarget(const HeadArgs& args, size_t target, const Softmax& row) {
  const auto logit = static_cast<double>(args.log_probs[target]);
  args.log_probs[target] = static_cast<float>(logit - row.max - std::log(row.sum));
  args.greedy[target] = row.best == args.targets[target].token;
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
  constexpr int64_t kRows = 192;
  constexpr int64_t kColumns = 256;
  static_assert(kRows % kTileRows == 0 && kColumns % kPanel == 0);
  using Element = typename Operand::Element;
  using Inputs = InputRows<Operand>;
  const KBlocks<Operand> blocks(args.w->k);
  Inputs inputs(Scratch<Element, 0>(Inputs::Elements(kRows, args.w->k)), kRows, args.w->k);
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
      inputs.Fill(row, args.hidden + (begin + row) * args.w->k, 0, args.w->k);
      softmax[row] = RowSoftmax();
    }
    inputs.Finish(rows);
    for (int64_t token = 0; token < args.w->n; token += kColumns) {
      const int64_t columns = Min(kColumns, args.w->n - token);
      for (int64_t column = 0; column < columns; column += kPanel) {
        for (int64_t block = 0; block < blocks.count; ++block) {
          const auto* b = PanelAt<Operand>(*args.w, (token + column) / kPanel, blocks.begin(block));
          const Prefetch next(b, blocks.size(block) * kPanel, DivideUp(rows, kTileRows));
          for (int64_t row = 0; row < rows; row += kTileRows) {
            next.Part(row / kTileRows);
            Operand::MultiplyTile(blocks.size(block), inputs.At(block, row), b, kPanel * kPlaces<Operand>,
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
      FinishTarget(args, t, softmax[args.targets[t].row - begin]);
    }
  }
}

}  // namespace
