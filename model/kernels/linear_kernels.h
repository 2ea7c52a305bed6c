// Linear layers and FFNs: blocks of input rows, products, and what is done with finished sums.
#pragma once

#include "model/kernels/activation_kernels.h"
#include "model/kernels/panel_products.h"
#include "model/kernels/row_kernels.h"

namespace {

using vffn::kernels::GemmArgs;
using vffn::kernels::InputArgs;
using vffn::kernels::MlpArgs;
using vffn::kernels::OutputArgs;

/// Reads rows [begin, begin + rows) of the input into columns `lead` and on.
template <class Operand>
void FillInputs(const InputArgs& args, int64_t begin, int64_t rows, int64_t lead, int64_t k,
                InputRows<Operand>& inputs) {
  float* normalised = args.norm ? Scratch<float, 11>(k) : nullptr;
  for (int64_t row = 0; row < rows; ++row) {
    const float* x = args.Row(begin + row);
    if (args.norm) {
      NormaliseRow(*args.norm, x, k, normalised);
      x = normalised;
    }
    inputs.Fill(row, x, lead, k);
  }
  inputs.Finish(rows);
}

/// Writes finished sums as OutputArgs say, for rows from `begin` on.
class OutputRows {
 public:
  static constexpr int64_t kRowsAtOnce = 8;

  OutputRows(const OutputArgs& args, int64_t begin) : args_(args), begin_(begin) {}

  void operator()(const PanelSpan& span, int64_t first, int64_t rows, const float* const (&sums)[1]) const {
    if (!span.whole()) {
      return PartOfPanel(span, first, rows, sums[0]);
    }
    if (args_.stream) {
      args_.bias || args_.multiplier != 1.0f ? Panel<true, true>(span, first, rows, sums[0])
                                             : Panel<false, true>(span, first, rows, sums[0]);
    } else {
      args_.bias || args_.multiplier != 1.0f ? Panel<true, false>(span, first, rows, sums[0])
                                             : Panel<false, false>(span, first, rows, sums[0]);
    }
  }

 private:
  /// Sums without a bias or a multiplier stay as they are: -0 + 0 would be 0.
  template <bool kScale, bool kStream>
  void Panel(const PanelSpan& span, int64_t first, int64_t rows, const float* sums) const {
    const Floats multiplier = Vector::Set(args_.multiplier);
    float* y = args_.y + (begin_ + first) * args_.stride + span.first;
    for (int64_t row = 0; row < rows; ++row) {
      const float* stream = kStream ? StreamRow(begin_ + first + row) + span.first : nullptr;
      for (int64_t i = 0; i < kPanel; i += kWidth) {
        Floats value = Vector::Load(sums + row * kPanel + i);
        if constexpr (kScale) {
          value = args_.bias ? value + Vector::Load(args_.bias + span.first + i) : value;
          value = value * multiplier;
        }
        if constexpr (kStream) {
          value = value + Vector::Load(stream + i);
        }
        Vector::Store(y + row * args_.stride + i, value);
      }
    }
  }

  void PartOfPanel(const PanelSpan& span, int64_t first, int64_t rows, const float* sums) const {
    for (int64_t row = first; row < first + rows; ++row, sums += kPanel) {
      float* y = args_.y + (begin_ + row) * args_.stride + span.first;
      const float* stream = args_.stream ? StreamRow(begin_ + row) + span.first : nullptr;
      for (int64_t i = span.begin; i < span.end; ++i) {
        float value = args_.bias ? sums[i] + args_.bias[span.first + i] : sums[i];
        value = value * args_.multiplier;
        y[i] = stream ? value + stream[i] : value;
      }
    }
  }

  const float* StreamRow(int64_t row) const {
    return args_.stream + (args_.stream_rows ? args_.stream_rows[row] : row) * args_.stream_stride;
  }

  const OutputArgs& args_;
  int64_t begin_;
};

template <class Operand>
void GemmAs(const GemmArgs& args) {
  using Inputs = InputRows<Operand>;
  const int64_t lead = args.w.k_begin % Operand::kDepth;
  const int64_t k = lead + args.w.k();
  const int64_t at_once =
      RowsAtOnce(args.m, Inputs::ElementsOfRow(k) * sizeof(typename Operand::Element), Operand::kRowsOfTile);
  Inputs inputs(Scratch<typename Operand::Element, 0>(Inputs::Elements(at_once, k)), at_once, k);
  const PanelWeights<1> weights{{&args.w}, args.w.k_begin - lead, lead};
  for (int64_t begin = 0; begin < args.m; begin += at_once) {
    const int64_t rows = Min(at_once, args.m - begin);
    FillInputs(args.input, begin, rows, lead, args.w.k(), inputs);
    MultiplyPanels(inputs, rows, weights, OutputRows(args.output, begin));
  }
}

/// Turns sums of an FFN's inputs into inputs of its output layer, which begin in column 0 of a panel.
template <class Operand, class Function, int kMatrices>
class HiddenRows {
 public:
  static constexpr int64_t kRowsAtOnce = 2;

  HiddenRows(const MlpArgs& args, int64_t begin, InputRows<Operand>& hidden, int64_t lead)
      : args_(args), begin_(begin), hidden_(hidden), lead_(lead) {}

  void operator()(const PanelSpan& span, int64_t first, int64_t rows,
                  const float* const (&sums)[kMatrices]) const {
    for (int64_t row = 0; row < rows; ++row) {
      alignas(64) float values[kPanel];
      for (int64_t i = 0; i < kPanel; i += kWidth) {
        const int64_t at = row * kPanel + i;
        Floats value = Function::Of(Sum(sums[0] + at, args_.activated_bias, span, i));
        if constexpr (kMatrices == 2) {
          value = value * Sum(sums[1] + at, args_.linear_bias, span, i);
        }
        Vector::Store(values + i, value);
      }
      Put(span, first + row, values);
    }
  }

 private:
  void Put(const PanelSpan& span, int64_t row, float* values) const {
    if (!span.whole()) {  // hidden units of others
      for (int64_t i = 0; i < kPanel; ++i) {
        values[i] = i >= span.begin && i < span.end ? values[i] : 0.0f;
      }
    }
    hidden_.FillPanel(row, span.first + lead_, values);
    if (args_.hidden) {
      float* kept = args_.hidden + (begin_ + row) * args_.out.k() + span.first;
      std::memcpy(kept + span.begin, values + span.begin, (span.end - span.begin) * sizeof(float));
    }
  }

  static Floats Sum(const float* sums, const float* bias, const PanelSpan& span, int64_t i) {
    if (!bias) {
      return Vector::Load(sums);
    }
    float of_panel[kWidth];
    for (int64_t j = 0; j < kWidth; ++j) {
      const bool inside = i + j >= span.begin && i + j < span.end;
      of_panel[j] = inside ? bias[span.first + i + j] : 0.0f;
    }
    return Vector::Load(sums) + Vector::Load(of_panel);
  }

  const MlpArgs& args_;
  int64_t begin_;
  InputRows<Operand>& hidden_;
  int64_t lead_;
};

template <class Operand, class Function, int kMatrices>
void MlpWith(const MlpArgs& args) {
  using Inputs = InputRows<Operand>;
  using Element = typename Operand::Element;
  const int64_t d = args.activated.k();
  const int64_t lead = args.out.k_begin % kPanel;  // hidden units of the first panel that are not the view's
  const int64_t units = lead + args.out.k();
  const int64_t at_once =
      RowsAtOnce(args.m, (Inputs::ElementsOfRow(d) + Inputs::ElementsOfRow(units)) * sizeof(Element),
                 Operand::kRowsOfTile);
  Inputs inputs(Scratch<Element, 0>(Inputs::Elements(at_once, d)), at_once, d);
  Inputs hidden(Scratch<Element, 12>(Inputs::Elements(at_once, units)), at_once, units);
  PanelWeights<kMatrices> in{{&args.activated}, 0, 0};
  if constexpr (kMatrices == 2) {
    in.view[1] = args.linear;
  }
  const PanelWeights<1> out{{&args.out}, args.out.k_begin - lead, lead};
  for (int64_t begin = 0; begin < args.m; begin += at_once) {
    const int64_t rows = Min(at_once, args.m - begin);
    FillInputs(args.input, begin, rows, 0, d, inputs);
    MultiplyPanels(inputs, rows, in, HiddenRows<Operand, Function, kMatrices>(args, begin, hidden, lead));
    hidden.Finish(rows);
    MultiplyPanels(hidden, rows, out, OutputRows(args.output, begin));
  }
}

template <class Operand, class Function>
void MlpOf(const MlpArgs& args) {
  args.linear ? MlpWith<Operand, Function, 2>(args) : MlpWith<Operand, Function, 1>(args);
}

template <class Operand>
void MlpAs(const MlpArgs& args) {
  constexpr Quotient kQuotient = Operand::kPairs ? Quotient::kApproximate : Quotient::kExact;
  switch (args.activation) {
    case vffn::Activation::kSilu:
      return MlpOf<Operand, Silu<kQuotient>>(args);
    case vffn::Activation::kGelu:
      return MlpOf<Operand, Gelu>(args);
    case vffn::Activation::kGeluTanh:
      return MlpOf<Operand, GeluTanh<kQuotient>>(args);
    case vffn::Activation::kRelu:
      return MlpOf<Operand, Relu>(args);
  }
}

}  // namespace
