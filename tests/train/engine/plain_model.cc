#include "tests/train/engine/plain_model.h"

#include <cmath>
#include <optional>

namespace vffn {
namespace {

/// One layer's FFN, or the whole model's state while it runs.
class PlainModel {
 public:
  PlainModel(const ModelConfig& config, const std::map<std::string, at::Tensor>& parameters,
             const PlainPass& pass)
      : config_(config), ffn_(config.ffn), parameters_(parameters), pass_(pass) {}

  at::Tensor Loss(const at::Tensor& tokens) {
    batch_ = tokens.size(0);
    length_ = tokens.size(1);
    at::Tensor x = At("embedding.weight").index_select(0, tokens.flatten());
    for (layer_ = 0; layer_ < config_.n_layers; ++layer_) {
      const at::Tensor h = x + Attention(Norm(x, L("attention_norm.weight")));
      x = Ffn(h);
    }
    const at::Tensor head = config_.tied_head ? At("embedding.weight") : At("head.weight");
    const at::Tensor logits = at::linear(Norm(x, At("final_norm.weight")), head).view({batch_, length_, -1});
    const at::Tensor log_probs = at::log_softmax(logits.narrow(1, 0, length_ - 1), 2);
    const at::Tensor ce = -log_probs.gather(2, tokens.narrow(1, 1, length_ - 1).unsqueeze(2)).sum();
    at::Tensor loss = ce / pass_.loss_divisor;
    const auto layers = static_cast<double>(config_.n_layers);
    if (balance_.defined()) {
      loss = loss + balance_ * (pass_.balance_coefficient / layers);
    }
    return loop_balance_.defined() ? loss + loop_balance_ * (pass_.loop_balance_coefficient / layers) : loss;
  }

 private:
  const at::Tensor& At(const std::string& name) const { return parameters_.at(name); }
  const at::Tensor& L(const std::string& name) const {
    return At("layers." + std::to_string(layer_) + "." + name);
  }

  at::Tensor Norm(const at::Tensor& x, const at::Tensor& weight) const {
    return x * (x.square().mean(1, true) + config_.norm_epsilon).rsqrt() * weight;
  }

  at::Tensor Linear(const at::Tensor& x, const std::string& name, bool bias) const {
    return bias ? at::linear(x, L(name + ".weight"), L(name + ".bias")) : at::linear(x, L(name + ".weight"));
  }

  at::Tensor Rotated(const at::Tensor& x) const {  // [B, heads, T, s]
    const int64_t half = config_.head_size / 2;
    const at::Tensor frequency =
        at::pow(config_.rope_theta, -at::arange(half, at::kDouble) * 2 / static_cast<double>(2 * half));
    const at::Tensor angle = at::arange(length_, at::kDouble).unsqueeze(1) * frequency;  // [T, half]
    const auto halves = x.chunk(2, 3);
    return at::cat({halves[0] * angle.cos() - halves[1] * angle.sin(),
                    halves[1] * angle.cos() + halves[0] * angle.sin()},
                   3);
  }

  at::Tensor Attention(const at::Tensor& x) const {
    const int64_t group = config_.n_heads / config_.n_kv_heads;
    const at::Tensor heads =
        Linear(x, "qkv", config_.qkv_bias).view({batch_, length_, -1, config_.head_size}).transpose(1, 2);
    const auto parts = heads.split_with_sizes({config_.n_heads, config_.n_kv_heads, config_.n_kv_heads}, 1);
    const at::Tensor q = Rotated(parts[0]);
    const at::Tensor k = Rotated(parts[1]).repeat_interleave(group, 1);
    const at::Tensor v = parts[2].repeat_interleave(group, 1);
    const at::Tensor hidden = at::ones({length_, length_}, at::kBool).triu(1);
    const at::Tensor scores =
        (at::matmul(q, k.transpose(2, 3)) / std::sqrt(static_cast<double>(config_.head_size)))
            .masked_fill(hidden, -INFINITY);
    const at::Tensor mixed =
        at::matmul(at::softmax(scores, 3), v).transpose(1, 2).reshape({batch_ * length_, -1});
    return Linear(mixed, "attention_out", config_.attention_out_bias);
  }

  static at::Tensor SwiGlu(const at::Tensor& u) {
    const auto halves = u.chunk(2, 1);
    return halves[0] * at::silu(halves[1]);
  }

  at::Tensor Step(const at::Tensor& h) const {
    const at::Tensor hidden = SwiGlu(Linear(Norm(h, L("ffn_norm.weight")), "ffn_in", config_.ffn_bias));
    return h + Linear(hidden, "ffn_out", config_.ffn_bias);
  }

  struct Routed {
    at::Tensor experts, gates;  // [T, k]
  };
  Routed Route(const at::Tensor& h) {
    const at::Tensor logits = at::linear(h, L("router.weight"));
    const at::Tensor experts = std::get<1>(logits.topk(ffn_.top_k, 1));
    const at::Tensor all = at::softmax(logits, 1);
    const at::Tensor gates =
        ffn_.gate == Reading::kRelease ? at::softmax(logits.gather(1, experts), 1) : all.gather(1, experts);
    const at::Tensor load = at::bincount(experts.flatten(), {}, ffn_.n_experts).to(at::kDouble) /
                            static_cast<double>(experts.numel());
    const at::Tensor balance = (load * all.mean(0)).sum() * static_cast<double>(ffn_.n_experts);
    balance_ = balance_.defined() ? balance_ + balance : balance;
    return {experts, gates};
  }

  /// sum_k g_k (residual * h + W_out[:, window] hidden[window]), expert by expert.
  at::Tensor Experts(const at::Tensor& h, const at::Tensor& x, const at::Tensor& in, const at::Tensor& out,
                     bool contiguous, bool residual) {
    const Routed routed = Route(h);
    const int64_t f = in.size(0) / 2, s = ffn_.expert_hidden_size;
    at::Tensor sum = at::zeros_like(h);
    for (int64_t e = 0; e < ffn_.n_experts; ++e) {
      const int64_t begin = contiguous ? e * s : ExpertBegin(ffn_, f, e);
      const at::Tensor weight = at::cat({in.narrow(0, begin, s), in.narrow(0, f + begin, s)});
      at::Tensor y = at::linear(SwiGlu(at::linear(x, weight)), out.narrow(1, begin, s));
      if (residual) {
        y = y + h;
      }
      const at::Tensor gate = (routed.gates * routed.experts.eq(e).to(at::kDouble)).sum(1, true);
      sum = sum + gate * y;
    }
    return sum;
  }

  at::Tensor Probabilities(const at::Tensor& h, at::Tensor& soft) {
    const at::Tensor logits = at::linear(h, L("loop_head.weight"));
    soft = at::softmax((logits + pass_.noise(layer_)) / pass_.tau, 1);
    const at::Tensor drawn = at::bincount(soft.argmax(1), {}, ffn_.max_loops).to(at::kDouble);
    const at::Tensor balance =
        (drawn / drawn.sum() * at::softmax(logits, 1).mean(0)).sum() * static_cast<double>(ffn_.max_loops);
    loop_balance_ = loop_balance_.defined() ? loop_balance_ + balance : balance;
    at::Tensor constant = at::zeros_like(soft).scatter_(1, soft.argmax(1, true), 1) - soft.detach();
    if (pass_.constants) {
      constant = pass_.constants->try_emplace(layer_, constant).first->second;
    }
    return constant + soft;
  }

  at::Tensor Versatile(const at::Tensor& h) {
    const std::optional<double> fixed = FixedLambda(ffn_.probes);
    at::Tensor depth, lambda;
    if (fixed != 1.0) {
      at::Tensor soft, hard;
      if (ffn_.probes.loops > 0) {
        hard = at::zeros({h.size(0), ffn_.max_loops}, at::kDouble);
        hard.select(1, ffn_.probes.loops - 1).fill_(1);
        soft = hard;
      } else {
        hard = Probabilities(h, soft);
      }
      const at::Tensor mixture = ffn_.loop_mixture == Reading::kRelease ? hard : soft;
      const at::Tensor state_weights = ffn_.expected_loops == Reading::kRelease ? hard : soft;
      at::Tensor state = h;
      depth = at::zeros_like(h);
      for (int64_t loop = 0; loop < ffn_.max_loops; ++loop) {
        state = Step(state);
        depth = depth + mixture.select(1, loop).unsqueeze(1) * state;
      }
      const auto most = static_cast<double>(ffn_.max_loops);
      lambda = (most - (state_weights * at::arange(1, ffn_.max_loops + 1, at::kDouble)).sum(1)) / most;
    }
    if (fixed) {
      lambda = at::full({h.size(0)}, *fixed, at::kDouble);
    }
    if (fixed == 0.0) {
      return depth;
    }
    const at::Tensor width = Experts(h, Norm(h, L("ffn_norm.weight")), L("ffn_in.weight"),
                                     L("ffn_out.weight"), /*contiguous=*/false, /*residual=*/true);
    return depth.defined() ? depth * (1 - lambda).unsqueeze(1) + width * lambda.unsqueeze(1) : width;
  }

  at::Tensor Ffn(const at::Tensor& h) {
    switch (ffn_.kind) {
      case FfnKind::kDense:
        return Step(h);
      case FfnKind::kKLoop: {
        at::Tensor state = h;
        for (int64_t loop = 0; loop < ffn_.max_loops; ++loop) {
          state = Step(state);
        }
        return state;
      }
      case FfnKind::kMoe:
        return Step(h) + Experts(h, Norm(h, L("experts_norm.weight")), L("experts_in.weight"),
                                 L("experts_out.weight"), /*contiguous=*/true, /*residual=*/false);
      case FfnKind::kVersatile:
        return Versatile(h);
      case FfnKind::kSparseMoe:
        break;  // is not trained
    }
    return {};
  }

  const ModelConfig& config_;
  const FfnConfig& ffn_;
  const std::map<std::string, at::Tensor>& parameters_;
  const PlainPass& pass_;
  int64_t batch_ = 0, length_ = 0, layer_ = 0;
  at::Tensor balance_, loop_balance_;
};

}  // namespace

at::Tensor PlainLoss(const ModelConfig& config, const std::map<std::string, at::Tensor>& parameters,
                     const at::Tensor& tokens, const PlainPass& pass) {
  return PlainModel(config, parameters, pass).Loss(tokens);
}

}  // namespace vffn
