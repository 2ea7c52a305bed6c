#include "train/engine/moe_layer.h"

#include <numeric>

namespace vffn {

MoeLayer::MoeLayer(const ModelConfig& config, int64_t layer)
    : config_(config.ffn),
      n_layers_(config.n_layers),
      epsilon_(config.norm_epsilon),
      dense_(config, layer),
      routing_(config.ffn, layer, "layers." + std::to_string(layer) + ".router") {
  const std::string prefix = "layers." + std::to_string(layer) + ".";
  norm_ = prefix + "experts_norm.weight";
  in_ = prefix + "experts_in.weight";
  out_ = prefix + "experts_out.weight";
}

at::Tensor MoeLayer::InOf(const LayerPass& pass, int64_t expert) const {
  const at::Tensor weight = pass.linear->parameters().cast(in_);  // [2 N s, d]
  return weight.view({2, config_.n_experts, config_.expert_hidden_size, -1})
      .select(1, expert)
      .reshape({2 * config_.expert_hidden_size, -1});
}

at::Tensor MoeLayer::OutOf(const LayerPass& pass, int64_t expert) const {
  const int64_t s = config_.expert_hidden_size;
  return pass.linear->parameters().cast(out_).narrow(1, expert * s, s).contiguous();  // of [d, N s]
}

void MoeLayer::GroupByExpert() {
  const at::Tensor experts = routing_.experts().flatten();  // [T k]
  const at::Tensor order = experts.argsort(/*stable=*/true, /*dim=*/0, /*descending=*/false);
  kept_.tokens = at::floor_divide(order, config_.top_k);
  const at::Tensor counts = at::bincount(experts, {}, config_.n_experts).to(at::kCPU);
  const auto* pairs = counts.const_data_ptr<int64_t>();
  std::vector<int64_t> shifts;  // of an expert's rows against its pairs
  kept_.counts.clear();
  for (int64_t expert = 0, shift = 0; expert < config_.n_experts; ++expert) {
    kept_.counts.push_back(RoundedRows(pairs[expert], experts.size(0)));
    shifts.push_back(shift);
    shift += kept_.counts.back() - pairs[expert];
  }
  const at::Tensor shift_of_pair =
      at::tensor(shifts, at::kLong).to(order.device()).index_select(0, experts.index_select(0, order));
  kept_.pair_rows = at::arange(order.size(0), order.options()) + shift_of_pair;
  kept_.places = at::empty_like(order).scatter_(0, order, kept_.pair_rows).view({-1, config_.top_k});
}

at::Tensor MoeLayer::ToRows(const at::Tensor& pairs) const {
  std::vector<int64_t> shape = pairs.sizes().vec();
  shape[0] = std::accumulate(kept_.counts.begin(), kept_.counts.end(), int64_t{0});
  return at::zeros(shape, pairs.options()).index_copy_(0, kept_.pair_rows, pairs);
}

at::Tensor MoeLayer::GatesByRow() const {
  return at::zeros({kept_.x.size(0)}, routing_.gates().options())
      .scatter_(0, kept_.places.flatten(), routing_.gates().flatten());
}

at::Tensor MoeLayer::SumOverExperts(const at::Tensor& rows) const {
  at::Tensor sum = rows.index_select(0, kept_.places.select(1, 0));
  for (int64_t k = 1; k < config_.top_k; ++k) {
    sum.add_(rows.index_select(0, kept_.places.select(1, k)));
  }
  return sum;
}

at::Tensor MoeLayer::Forward(const LayerPass& pass, const at::Tensor& h) {
  const Ops& ops = pass.ops();
  kept_.h = h;
  const at::Tensor dense = dense_.Forward(pass, h);
  routing_.Forward(pass, h);
  GroupByExpert();
  const auto normed = ops.Norm(h, pass.linear->parameters().master(norm_), epsilon_);
  kept_.scale = normed.scale;
  kept_.x = ToRows(normed.out.index_select(0, kept_.tokens));
  kept_.hidden = at::empty({kept_.x.size(0), 2 * config_.expert_hidden_size}, kept_.x.options());
  kept_.y = at::empty_like(kept_.x);
  for (int64_t expert = 0, begin = 0; expert < config_.n_experts; begin += kept_.counts[expert], ++expert) {
    if (const int64_t rows = kept_.counts[expert]; rows > 0) {
      const at::Tensor u = pass.linear->Product(kept_.x.narrow(0, begin, rows), InOf(pass, expert));
      kept_.hidden.narrow(0, begin, rows).copy_(u);
      kept_.y.narrow(0, begin, rows).copy_(pass.linear->Product(ops.SwiGlu(u), OutOf(pass, expert)));
    }
  }
  return dense.add_(SumOverExperts(kept_.y.to(ops.state_type()) * GatesByRow().unsqueeze(1)));
}

/// The gradient of the experts' input, [rows, d], given that of their outputs.
at::Tensor MoeLayer::ExpertsBackward(const LayerPass& pass, const at::Tensor& dout) {
  const int64_t s = config_.expert_hidden_size, n = config_.n_experts;
  ParameterStore& parameters = pass.linear->parameters();
  const at::Tensor din_weight = parameters.gradient(in_).view({2, n, s, -1});
  const at::Tensor dout_weight = parameters.gradient(out_);
  at::Tensor dx = at::empty_like(kept_.x);
  for (int64_t expert = 0, begin = 0; expert < n; begin += kept_.counts[expert], ++expert) {
    if (const int64_t rows = kept_.counts[expert]; rows > 0) {
      const at::Tensor dy = dout.narrow(0, begin, rows);
      const auto gradient = pass.ops().SwiGluBackward(pass.linear->PlainProduct(dy, OutOf(pass, expert)),
                                                      kept_.hidden.narrow(0, begin, rows));
      dout_weight.narrow(1, expert * s, s).add_(pass.linear->PlainProduct(dy.t(), gradient.hidden));
      const at::Tensor dweight = pass.linear->PlainProduct(gradient.du.t(), kept_.x.narrow(0, begin, rows));
      din_weight.select(1, expert).add_(dweight.view({2, s, -1}));
      dx.narrow(0, begin, rows).copy_(pass.linear->PlainProduct(gradient.du, InOf(pass, expert)));
    }
  }
  return dx;
}

at::Tensor MoeLayer::Backward(const LayerPass& pass, const at::Tensor& dy) {
  const Ops& ops = pass.ops();
  const at::Tensor by_row = ToRows(dy.index_select(0, kept_.tokens));  // [rows, d]
  const at::Tensor dgates =
      ops.Dot(by_row, kept_.y).index_select(0, kept_.places.flatten()).view(kept_.places.sizes());
  const at::Tensor dx = ExpertsBackward(pass, ops.ScaleRows(by_row, GatesByRow()));
  const at::Tensor dnormed = SumOverExperts(dx.to(ops.state_type())).to(ops.linear_type());
  at::Tensor dh = dense_.Backward(pass, dy);
  ParameterStore& parameters = pass.linear->parameters();
  ops.NormBackward(dnormed, kept_.h, parameters.master(norm_), kept_.scale, dh, parameters.gradient(norm_));
  dh.add_(routing_.Backward(pass, kept_.h, dgates, n_layers_));
  Clear();
  return dh;
}

void MoeLayer::Clear() {
  dense_.Clear();
  routing_.Clear();
  kept_ = {};
}

}  // namespace vffn
