#include "train/engine/versatile_layer.h"

#include <utility>

#include "train/engine/gumbel_noise.h"

namespace vffn {
namespace {

at::Tensor Column(const at::Tensor& x) { return x.unsqueeze(1); }

at::Tensor Select(const at::Tensor& x, const at::Tensor& rows) {
  return rows.defined() && x.defined() ? x.index_select(0, rows) : x;
}

}  // namespace

VersatileLayer::VersatileLayer(const ModelConfig& config, int64_t layer)
    : config_(config.ffn),
      layer_(layer),
      n_layers_(config.n_layers),
      fixed_lambda_(FixedLambda(config.ffn.probes)),
      loop_head_("layers." + std::to_string(layer) + ".loop_head.weight"),
      chain_(config, layer),
      routing_(config.ffn, layer, "layers." + std::to_string(layer) + ".router") {
  std::vector<int64_t> begins;
  for (int64_t e = 0; e < config_.n_experts; ++e) {
    begins.push_back(ExpertBegin(config_, config.ffn_hidden_size, e));
  }
  begins_ = at::tensor(begins, at::kLong);
}

void VersatileLayer::ChooseLoops(const LayerPass& pass, const at::Tensor& h) {
  if (config_.probes.loops > 0) {
    kept_.draw = FixedLoops(h.size(0), config_, h.options());
    return;
  }
  const at::Tensor logits = pass.linear->Product(h, pass.linear->parameters().master(loop_head_));
  const TrainingPass& p = *pass.pass;
  const at::Tensor noise = p.gumbel_noise ? p.gumbel_noise(layer_)
                                          : GumbelNoise({p.seed, p.step, layer_, p.first_sequence},
                                                        pass.batch, pass.length, config_.max_loops);
  kept_.draw = DrawLoops(logits, noise.to(h.options()), p.tau, config_);
}

void VersatileLayer::SortByLoops(const LayerPass& pass) {
  const int64_t tokens = pass.rows();
  const at::Tensor histogram =
      at::bincount(kept_.draw.counts, {}, config_.max_loops + 1).narrow(0, 1, config_.max_loops);
  if (pass.sums) {
    pass.sums->loops[layer_].add_(histogram);
    pass.sums->lambda[layer_].add_(kept_.draw.lambda.sum());
  }
  kept_.loop_shares = histogram.to(kept_.draw.lambda.scalar_type()) / static_cast<double>(tokens);
  kept_.live.assign(config_.max_loops, tokens);
  const bool hard = config_.loop_mixture == Reading::kRelease || !kept_.draw.soft.defined();
  if (!hard) {
    return;
  }
  const at::Tensor counts = histogram.to(at::kCPU);  // the one value of a layer that the host reads
  for (int64_t loops = config_.max_loops - 1, sum = 0; loops >= 0; --loops) {
    sum += counts.const_data_ptr<int64_t>()[loops];
    kept_.live[loops] = sum;
  }
  if (kept_.live.back() < tokens) {
    kept_.order = kept_.draw.counts.argsort(/*stable=*/true, /*dim=*/0, /*descending=*/true);
    kept_.inverse =
        at::empty_like(kept_.order).scatter_(0, kept_.order, at::arange(tokens, kept_.order.options()));
  }
  if (!fixed_lambda_ && config_.expected_loops == Reading::kRelease) {
    kept_.first_width_row = tokens - RoundedRows(tokens - kept_.live.back(), tokens);
  }
  kept_.draw.soft = Select(kept_.draw.soft, kept_.order);
  kept_.draw.plain = Select(kept_.draw.plain, kept_.order);
  kept_.draw.mixture = Select(kept_.draw.mixture, kept_.order);
  kept_.draw.lambda = Select(kept_.draw.lambda, kept_.order);
}

at::Tensor VersatileLayer::DepthOutput() const {
  const std::vector<at::Tensor>& states = chain_.states();
  const int64_t last = config_.max_loops;
  if (kept_.draw.soft.defined() && config_.loop_mixture == Reading::kPaper) {
    at::Tensor sum = states[1] * Column(kept_.draw.mixture.select(1, 0));  // [T, d] Eq. 11
    for (int64_t loops = 2; loops <= last; ++loops) {
      sum.addcmul_(states[loops], Column(kept_.draw.mixture.select(1, loops - 1)));
    }
    return sum;
  }
  std::vector<at::Tensor> chosen;  // tokens of L_max loops, then of L_max - 1 ...
  for (int64_t loops = last, begin = 0; loops >= 1; begin = kept_.live[loops - 1], --loops) {
    chosen.push_back(states[loops].narrow(0, begin, kept_.live[loops - 1] - begin));
  }
  return at::cat(chosen);
}

void VersatileLayer::RunWidth(const LayerPass& pass) {
  routing_.Forward(pass, chain_.states().front());
  kept_.mask = {begins_, config_.expert_hidden_size, routing_.experts(), routing_.gates()};
  kept_.width = chain_.Out(pass, pass.ops().MaskHidden(chain_.HiddenOfStep1(), kept_.mask));
  kept_.gate_sum = config_.gate == Reading::kRelease ? at::Tensor() : kept_.mask.gates.sum(1);
}

/// Eq. 3; `depth` undefined: lambda is 1.
at::Tensor VersatileLayer::Fuse(const at::Tensor& depth) const {
  if (!has_width()) {
    return depth;
  }
  const at::Tensor& h = chain_.states().front();
  const at::Tensor width =
      (kept_.gate_sum.defined() ? h * Column(kept_.gate_sum) : h) + kept_.width;  // Eq. 7, 8
  return depth.defined() ? at::lerp(depth, width, Column(kept_.draw.lambda)) : width;
}

at::Tensor VersatileLayer::Forward(const LayerPass& pass, const at::Tensor& h) {
  kept_ = {};
  if (!has_depth()) {
    kept_.draw = {.lambda = at::ones({h.size(0)}, h.options())};
    chain_.ForwardHidden(pass, h);
  } else {
    ChooseLoops(pass, h);
    SortByLoops(pass);
    chain_.Forward(pass, Select(h, kept_.order), kept_.live, has_width());
  }
  const at::Tensor depth = has_depth() ? DepthOutput() : at::Tensor();  // [T, d]
  if (has_width()) {
    RunWidth(pass);
  }
  return Select(Fuse(depth), kept_.inverse);
}

VersatileLayer::WidthGradient VersatileLayer::WidthBackward(const LayerPass& pass, const at::Tensor& dy) {
  const int64_t begin = kept_.first_width_row, rows = dy.size(0) - begin;
  WidthGradient gradient{.dgates = at::zeros_like(kept_.mask.gates)};
  if (rows > 0) {
    const at::Tensor hidden = chain_.HiddenOfStep1().narrow(0, begin, rows);  // [rows, F]
    const HiddenMask mask{begins_, kept_.mask.size, kept_.mask.experts.narrow(0, begin, rows),
                          kept_.mask.gates.narrow(0, begin, rows)};
    const at::Tensor dwidth = pass.ops().ScaleRows(dy.narrow(0, begin, rows),
                                                   kept_.draw.lambda.narrow(0, begin, rows));  // [rows, d]
    gradient.dhidden = chain_.OutBackward(pass, dwidth, pass.ops().MaskHidden(hidden, mask));
    gradient.dgates.narrow(0, begin, rows)
        .copy_(pass.ops().MaskHiddenBackward(gradient.dhidden, hidden, mask));
  }
  if (kept_.gate_sum.defined()) {
    gradient.dgates.add_(Column(kept_.draw.lambda * pass.ops().Dot(dy, chain_.states().front())));
  }
  return gradient;
}

/// The gradient of H^(0) through the loops, or through loop 1's hidden units alone.
at::Tensor VersatileLayer::DepthBackward(const LayerPass& pass, const at::Tensor& dy,
                                         const at::Tensor& dhidden) {
  if (!has_depth()) {
    at::Tensor g = at::zeros_like(dy);
    chain_.Backward(pass, g, [](int64_t) {}, {dhidden, kept_.first_width_row});
    return g;
  }
  const at::Tensor ddepth = has_width() ? dy * Column(1 - kept_.draw.lambda) : dy.clone();  // [T, d]
  if (!kept_.draw.soft.defined() || config_.loop_mixture == Reading::kRelease) {
    chain_.Backward(pass, ddepth, [](int64_t) {}, {dhidden, kept_.first_width_row});
    return ddepth;
  }
  at::Tensor g = ddepth * Column(kept_.draw.mixture.select(1, config_.max_loops - 1));
  chain_.Backward(pass, g,
                  [&](int64_t step) { g.addcmul_(ddepth, Column(kept_.draw.mixture.select(1, step - 1))); },
                  {dhidden, kept_.first_width_row});
  return g;
}

/// The gradient of H^(0) through the loop head.
at::Tensor VersatileLayer::LoopHeadBackward(const LayerPass& pass, const at::Tensor& dy) {
  const std::vector<at::Tensor>& states = chain_.states();
  std::vector<at::Tensor> products;  // dy H^(l), l = 1 ... L_max
  for (int64_t loops = 1; loops <= config_.max_loops; ++loops) {
    products.push_back(pass.ops().Dot(dy, states[loops]));
  }
  const at::Tensor by_loop = at::stack(products, 1);  // [T, L_max]
  at::Tensor dlambda;
  if (kept_.draw.lambda_depends_on_draw) {
    at::Tensor through_width = pass.ops().Dot(dy, states.front());
    if (kept_.gate_sum.defined()) {
      through_width = through_width * kept_.gate_sum;
    }
    dlambda = through_width + pass.ops().Dot(dy, kept_.width) - (by_loop * kept_.draw.mixture).sum(1);
  }
  const at::Tensor dmixture = has_width() ? by_loop * Column(1 - kept_.draw.lambda) : by_loop;
  at::Tensor dlogits = DrawBackward(kept_.draw, dmixture, dlambda, pass.pass->tau);
  if (const double coefficient = pass.pass->loop_balance_coefficient; coefficient != 0) {
    dlogits.add_(
        LoopBalanceGradient(kept_.draw, kept_.loop_shares, coefficient / static_cast<double>(n_layers_)));
  }
  ParameterStore& parameters = pass.linear->parameters();
  pass.linear->WeightGradient(parameters.gradient(loop_head_), dlogits, states.front());
  return pass.linear->PlainProduct(dlogits, parameters.master(loop_head_));
}

at::Tensor VersatileLayer::Backward(const LayerPass& pass, const at::Tensor& dy_of_batch) {
  const at::Tensor dy = Select(dy_of_batch, kept_.order);  // [T, d]
  WidthGradient width;
  at::Tensor through_heads;  // gradient of H^(0) through router and loop head
  if (kept_.draw.soft.defined()) {
    through_heads = LoopHeadBackward(pass, dy);
  }
  if (has_width()) {
    width = WidthBackward(pass, dy);
    const at::Tensor routed = routing_.Backward(pass, chain_.states().front(), width.dgates, n_layers_);
    through_heads = through_heads.defined() ? through_heads.add_(routed) : routed;
    const at::Tensor share =
        kept_.gate_sum.defined() ? kept_.draw.lambda * kept_.gate_sum : kept_.draw.lambda;
    through_heads.addcmul_(dy, Column(share));  // the residual in Eq. 8
  }
  at::Tensor dh = DepthBackward(pass, dy, width.dhidden);
  if (through_heads.defined()) {
    dh.add_(through_heads);
  }
  dh = Select(dh, kept_.inverse);
  Clear();
  return dh;
}

void VersatileLayer::Clear() {
  chain_.Clear();
  routing_.Clear();
  kept_ = {};
}

}  // namespace vffn
