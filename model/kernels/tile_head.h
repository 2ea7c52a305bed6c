// The output head with tiles of bfloat16 pairs. Included after head_kernel.h.
#pragma once

#include "model/kernels/head_kernel.h"
#include "model/kernels/tile_products.h"

namespace {

/// The running softmax of one row of logits, which come in panels of two vectors.
struct PanelSoftmax {
  float lanes[kWidth] = {};  // sums of exp(logit - max), a lane each, of the panels since the last Fold
  float max = -INFINITY;
  int64_t best = 0;
  double sum = 0;  // of the panels before

  /// Logits of tokens `first` and on.
  void Add(Floats low, Floats high, int64_t first) {
    const Floats before = Vector::Set(max);
    if (_mm512_cmp_ps_mask((__m512)Vector::Max(low, high), (__m512)before, _CMP_GT_OQ)) {
      Raise(low, high, first);
    }
    const Floats row_max = Vector::Set(max);
    Vector::Store(lanes,
                  Vector::Load(lanes) + (ExpOfNegative(low - row_max) + ExpOfNegative(high - row_max)));
  }

  void Fold() {
    LaneSum total;
    total.Add(0, Vector::Load(lanes));
    sum += total.Total();
    Vector::Store(lanes, Floats{});
  }

 private:
  [[gnu::noinline]] void Raise(Floats low, Floats high, int64_t first) {
    alignas(64) float logits[kPanel];
    Vector::Store(logits, low);
    Vector::Store(logits + kWidth, high);
    Fold();
    const float before = max;
    for (int64_t i = 0; i < kPanel; ++i) {
      if (logits[i] > max) {
        max = logits[i];
        best = first + i;
      }
    }
    sum *= std::exp(static_cast<double>(before) - static_cast<double>(max));
  }
};

/// Adds finished panels of logits to the softmax of their rows, and keeps the logits of targets.
class LogitRows {
 public:
  /// `first_targets[row]` to `first_targets[row + 1]` are the row's targets in args.targets.
  LogitRows(const HeadArgs& args, const size_t* first_targets, PanelSoftmax* softmax)
      : args_(args), first_targets_(first_targets), softmax_(softmax) {}

  static constexpr int64_t kRowsAtOnce = 4;

  void operator()(const PanelSpan& span, int64_t first, int64_t rows, const float* const (&sums)[1]) const {
    for (int64_t row = 0; row < rows; ++row) {
      Row(span, first + row, sums[0] + row * kPanel);
    }
  }

 private:
  void Row(const PanelSpan& span, int64_t row, const float* logits) const {
    constexpr int64_t kPanelsToFold = 16;
    alignas(64) float finished[kPanel];
    if (!plain_ || !span.whole()) {
      std::memcpy(finished, logits, sizeof finished);
      FinishLogits(args_.logits, span.first, span.end, finished);
      for (int64_t i = span.end; i < kPanel; ++i) {
        finished[i] = -INFINITY;
      }
      logits = finished;
    }
    softmax_[row].Add(Vector::Load(logits), Vector::Load(logits + kWidth), span.first);
    if (span.index % kPanelsToFold == kPanelsToFold - 1) {
      softmax_[row].Fold();
    }
    for (size_t t = first_targets_[row]; t < first_targets_[row + 1]; ++t) {
      const int64_t column = args_.targets[t].token - span.first;
      if (column >= 0 && column < span.end) {
        args_.log_probs[t] = logits[column];
      }
    }
  }

  const HeadArgs& args_;
  const size_t* first_targets_;
  PanelSoftmax* softmax_;
  bool plain_ = !args_.logits.bias && args_.logits.softcap == 0 && args_.logits.multiplier == 1;
};

template <>
void HeadAs<TileOperand>(const HeadArgs& args) {
  using Inputs = InputRows<TileOperand>;
  const int64_t k = args.w->k;
  const int64_t at_once =
      RowsAtOnce(args.rows, Inputs::ElementsOfRow(k) * sizeof(uint16_t), TileOperand::kRowsOfTile);
  Inputs inputs(Scratch<uint16_t, 0>(Inputs::Elements(at_once, k)), at_once, k);
  PanelSoftmax* softmax = Scratch<PanelSoftmax, 8>(at_once);
  size_t* first_targets = Scratch<size_t, 9>(at_once + 1);
  const PackedView w = *args.w;
  size_t target = 0;
  for (int64_t begin = 0; begin < args.rows; begin += at_once) {
    const int64_t rows = Min(at_once, args.rows - begin);
    first_targets[0] = target;
    for (int64_t row = 0; row < rows; ++row) {
      inputs.Fill(row, args.hidden + (begin + row) * k, 0, k);
      softmax[row] = PanelSoftmax();
      while (target < args.targets.size() && args.targets[target].row == begin + row) {
        ++target;
      }
      first_targets[row + 1] = target;
    }
    inputs.Finish(rows);
    MultiplyPanels(inputs, rows, PanelWeights<1>{{&w}, 0, 0}, LogitRows(args, first_targets, softmax));
    for (int64_t row = 0; row < rows; ++row) {
      softmax[row].Fold();
      for (size_t t = first_targets[row]; t < first_targets[row + 1]; ++t) {
        FinishTarget(args, t, softmax[row]);
      }
    }
  }
}

}  // namespace
