// The layout of weights: panels of kPanel outputs.
#pragma once

#include "model/kernels/kernel_memory.h"
#include "model/kernels/vector_lanes.h"

namespace {

using vffn::kernels::PackArgs;
using vffn::kernels::PackedView;

/// Neighbouring values of k that stand side by side in a column of a panel.
template <class Operand>
constexpr int64_t kPlaces = Operand::kPairs ? 2 : 1;

/// Elements of a panel: [k / kDepth, kPanel, kDepth] for vectors of pairs and single numbers. An operand of
/// tiles reads the same layout of pairs, in steps of more of them.
template <class Operand>
int64_t PanelElements(int64_t k) {
  return RoundUp(k, Operand::kDepth) * kPanel;
}

inline int64_t PanelsPerPart(int64_t n, int64_t parts) { return DivideUp(n / parts, kPanel); }

template <class Operand>
PackedMatrix AllocateAs(const PackArgs& args) {
  const int64_t panels = PanelsPerPart(args.n, args.parts) * args.parts;
  const int64_t elements = panels * PanelElements<Operand>(args.k);
  return {args.n,     args.k,
          args.parts, args.precision,
          panels,     AllocateAligned(static_cast<size_t>(elements) * sizeof(typename Operand::Element))};
}

using Words = uint32_t __attribute__((vector_size(sizeof(Floats))));

/// ToBfloat16 in the upper half of each number; the lower half is not cleared.
inline Words RoundToUpperHalf(Floats x) {
  const Words bits = (Words)x;
  return x == x ? bits + 0x7fff + ((bits >> 16) & 1) : Words{} + 0x7fc00000;
}

/// kWidth rows of a matrix on the way to a panel.
class PanelColumns {
 public:
  PanelColumns(const PackArgs& args, int64_t depth)
      : args_(args),
        stride_(RoundUp(depth, kWidth) + kWidth),
        values_(Scratch<float, 23>(kWidth * stride_)) {}

  /// Reads `count` rows; the rows after them and the columns from k on become 0.
  void Read(int64_t first, int64_t count) {
    if (args_.rows) {
      args_.rows->Read(first, count, stride_, values_);
    } else {
      for (int64_t row = 0; row < count; ++row) {
        std::memcpy(values_ + row * stride_, args_.weights + (first + row) * args_.k,
                    static_cast<size_t>(args_.k) * sizeof(float));
      }
    }
    for (int64_t row = 0; row < kWidth; ++row) {
      const int64_t kept = row < count ? args_.k : 0;
      std::memset(values_ + row * stride_ + kept, 0, static_cast<size_t>(stride_ - kept) * sizeof(float));
    }
  }

  /// Writes columns [i, i + count) of the rows into a panel, in which column 0 is at `to`.
  void Store(int64_t i, int64_t count, float* to) const {
    const bool exact = args_.precision == GemmPrecision::kFloat32;
    Floats columns[kWidth];
    Load(i, columns);
    for (int64_t j = 0; j < count; ++j) {
      const Floats rounded = (Floats)(RoundToUpperHalf(columns[j]) & 0xffff0000);
      Vector::Store(to + (i + j) * kPanel, exact ? columns[j] : rounded);
    }
  }

  /// The same in pairs of bfloat16; `count` is even.
  void Store(int64_t i, int64_t count, uint16_t* to) const {
    Floats columns[kWidth];
    Load(i, columns);
    for (int64_t j = 0; j < count; j += 2) {
      const Words first = RoundToUpperHalf(columns[j]) >> 16;
      const Words pairs = first | (RoundToUpperHalf(columns[j + 1]) & 0xffff0000);
      std::memcpy(to + (i + j) * kPanel, &pairs, sizeof pairs);
    }
  }

 private:
  void Load(int64_t i, Floats (&columns)[kWidth]) const {
    for (int64_t row = 0; row < kWidth; ++row) {
      columns[row] = Vector::Load(values_ + row * stride_ + i);
    }
    Transpose(columns);
  }

  const PackArgs& args_;
  int64_t stride_;  // not a power of two: rows would lie in the same lines of the cache
  float* values_;
};

template <class Operand>
void FillAs(const PackArgs& args, int64_t first_panel, int64_t end_panel, PackedMatrix& packed) {
  const int64_t depth = RoundUp(args.k, Operand::kDepth);
  const int64_t per_part = PanelsPerPart(args.n, args.parts);
  const int64_t rows_of_part = args.n / args.parts;
  PanelColumns columns(args, depth);
  auto* to = reinterpret_cast<typename Operand::Element*>(packed.data.get()) +
             first_panel * PanelElements<Operand>(args.k);
  for (int64_t panel = first_panel; panel < end_panel; ++panel, to += PanelElements<Operand>(args.k)) {
    for (int64_t begin = 0; begin < kPanel; begin += kWidth) {
      const int64_t first = panel % per_part * kPanel + begin;  // row of the part
      const int64_t count = Max(0, Min(kWidth, rows_of_part - first));
      columns.Read(panel / per_part * rows_of_part + first, count);
      for (int64_t i = 0; i < depth; i += kWidth) {
        columns.Store(i, Min(kWidth, depth - i), to + begin * kPlaces<Operand>);
      }
    }
  }
}

/// The part of a view that one panel holds.
struct PanelSpan {
  int64_t index;  // of the panel in the matrix
  int64_t first;  // column of the view that is the panel's first one; below 0 if the view begins inside it
  int64_t begin, end;  // columns of the panel that belong to the view
  bool whole() const { return begin == 0 && end == kPanel; }
};

/// Index of the panel that holds a row of the matrix.
inline int64_t PanelOf(const PackedMatrix& w, int64_t row) {
  const int64_t rows_of_part = w.n / w.parts;
  return row / rows_of_part * PanelsPerPart(w.n, w.parts) + row % rows_of_part / kPanel;
}

/// Calls body(PanelSpan) for every panel of the view, in order.
template <class Body>
void ForEachPanel(const PackedView& view, Body&& body) {
  const PackedMatrix& w = *view.matrix;
  const int64_t rows_of_part = w.n / w.parts;
  for (int64_t row = view.n_begin; row < view.n_end;) {
    const int64_t part = row / rows_of_part * rows_of_part;       // the part's first row
    const int64_t panel = part + (row - part) / kPanel * kPanel;  // the panel's first row
    const int64_t end = Min(Min(panel + kPanel, part + rows_of_part), view.n_end);
    body(PanelSpan{PanelOf(w, row), panel - view.n_begin, row - panel, end - panel});
    row = end;
  }
}

/// The panel's weights from `k` on, a multiple of kDepth.
template <class Operand>
const typename Operand::Element* PanelAt(const PackedMatrix& w, int64_t panel, int64_t k) {
  return reinterpret_cast<const typename Operand::Element*>(w.data.get()) +
         panel * PanelElements<Operand>(w.k) + k * kPanel;
}

}  // namespace
