// The layout of weights: panels of kPanel outputs.
#pragma once

#include "model/kernels/kernel_memory.h"

namespace {

using vffn::kernels::PackArgs;
using vffn::kernels::PackedView;

/// Elements of a panel: [k / kDepth, kPanel, kDepth] for vectors of pairs and single numbers. An operand of
/// tiles reads the same layout of pairs, in steps of more of them.
template <class Operand>
int64_t PanelElements(int64_t k) {
  return RoundUp(k, Operand::kDepth) * kPanel;
}

inline int64_t PanelsPerPart(int64_t n, int64_t parts) { return DivideUp(n / parts, kPanel); }

template <class Operand>
PackedMatrix PackAs(const PackArgs& args) {
  using Element = typename Operand::Element;
  constexpr int64_t kStep = Operand::kPairs ? 2 : 1;
  const int64_t per_part = PanelsPerPart(args.n, args.parts);
  const int64_t rows_of_part = args.n / args.parts;
  const int64_t elements = PanelElements<Operand>(args.k);
  PackedMatrix packed{args.n, args.k, args.parts, args.precision,
                      AllocateAligned(per_part * args.parts * elements * sizeof(Element))};
  auto* data = reinterpret_cast<Element*>(packed.data.get());
  for (int64_t panel = 0; panel < per_part * args.parts; ++panel) {
    Element* to = data + panel * elements;
    const int64_t first = panel % per_part * kPanel;  // row of the part
    const float* from = args.weights + (panel / per_part * rows_of_part + first) * args.k;
    for (int64_t i = 0; i < RoundUp(args.k, Operand::kDepth); ++i) {
      for (int64_t column = 0; column < kPanel; ++column) {
        const float value = first + column < rows_of_part && i < args.k ? from[column * args.k + i] : 0.0f;
        to[(i / kStep * kPanel + column) * kStep + i % kStep] = Operand::Convert(value);
      }
    }
  }
  return packed;
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
