#include "train/engine/ops.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <type_traits>

namespace vffn {
namespace {

using kernels::Bfloat16;
using kernels::TrainingKernels;

constexpr int64_t kGrainElements = 8192;  // a thread's least share of a loop over rows

/// Calls body(begin, end, part) for equal parts of the rows, one a thread: at most `Parts` of them.
int64_t Parts(int64_t rows, int64_t elements_per_row) {
  const int64_t most = std::max<int64_t>(1, rows * elements_per_row / kGrainElements);
  return std::min<int64_t>({most, at::get_num_threads(), std::max<int64_t>(rows, 1)});
}

template <class Body>
void ForRows(int64_t rows, int64_t elements_per_row, Body&& body) {
  const int64_t parts = Parts(rows, elements_per_row);
  at::parallel_for(0, parts, 1, [&](int64_t first, int64_t last) {
    for (int64_t part = first; part < last; ++part) {
      body(rows * part / parts, rows * (part + 1) / parts, part);
    }
  });
}

template <class T>
const T* In(const at::Tensor& x) {
  return static_cast<const T*>(x.const_data_ptr());
}

template <class T>
T* Out(const at::Tensor& x) {
  return static_cast<T*>(x.mutable_data_ptr());
}

/// Calls body(kernels, T()) for the linear type.
template <class Body>
void WithKernels(const kernels::TrainingKernelSet& set, at::ScalarType type, Body&& body) {
  if (type == at::kFloat) {
    body(*set.float32, float());
  } else {
    body(*set.bfloat16, Bfloat16());
  }
}

/// The weights of hidden units, [T, F], by LibTorch's operators.
at::Tensor DenseMask(const HiddenMask& mask, int64_t hidden_size, at::ScalarType type) {
  const int64_t n_experts = mask.begins.size(0);
  at::Tensor windows = at::zeros({n_experts, hidden_size}, at::kFloat);  // [N, F]
  for (int64_t e = 0; e < n_experts; ++e) {
    windows[e].narrow(0, mask.begins.const_data_ptr<int64_t>()[e], mask.size).fill_(1);
  }
  windows = windows.to(mask.gates.device(), type);
  const at::Tensor by_expert = at::zeros({mask.gates.size(0), n_experts}, windows.options())
                                   .scatter_add(1, mask.experts, mask.gates.to(type));
  return at::mm(by_expert, windows);
}

kernels::ExpertWindows WindowsFrom(const HiddenMask& mask, int64_t row) {
  const int64_t top_k = mask.experts.size(1);
  return {.begins = In<int64_t>(mask.begins),
          .size = mask.size,
          .experts = In<int64_t>(mask.experts) + row * top_k,
          .gates = In<float>(mask.gates) + row * top_k,
          .top_k = top_k};
}

/// Calls body(head) for every key-value head of every sequence, which are divided among threads.
template <class T, class Body>
void ForHeads(kernels::AttentionHead<T> head, int64_t sequences, const Body& body) {
  at::parallel_for(0, sequences * head.n_kv_heads, 1, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      kernels::AttentionHead<T> own = head;
      own.sequence = task / head.n_kv_heads;
      own.kv_head = task % head.n_kv_heads;
      body(own);
    }
  });
}

}  // namespace

int64_t RoundedRows(int64_t rows, int64_t total) {
  constexpr int64_t kLeast = 64, kNumbers = 16;
  const int64_t unit = std::max(kLeast, (total + kNumbers - 1) / kNumbers);
  return std::min(total, (rows + unit - 1) / unit * unit);
}

Ops::Ops(at::Device device, at::ScalarType linear_type)
    : device_(device), linear_(linear_type), state_(linear_type == at::kDouble ? at::kDouble : at::kFloat) {
  if (device.is_cpu() && linear_type != at::kDouble) {
    kernels_ = &kernels::BestTrainingKernels();
  }
}

Ops::Normed Ops::Norm(const at::Tensor& x, const at::Tensor& weight, double epsilon) const {
  if (!has_kernels()) {
    const at::Tensor scale = (x.square().mean(1) + epsilon).rsqrt();
    return {(x * scale.unsqueeze(1) * weight).to(linear_), scale};
  }
  Normed result{at::empty(x.sizes(), x.options().dtype(linear_)), at::empty({x.size(0)}, x.options())};
  const int64_t d = x.size(1);
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(x.size(0), d, [&](int64_t begin, int64_t end, int64_t) {
      k.norm(In<float>(x) + begin * d, In<float>(weight), static_cast<float>(epsilon), end - begin, d,
             Out<T>(result.out) + begin * d, Out<float>(result.scale) + begin);
    });
  });
  return result;
}

at::Tensor Ops::Normalise(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& scale) const {
  if (!has_kernels()) {
    return (x * scale.unsqueeze(1) * weight).to(linear_);
  }
  at::Tensor out = at::empty(x.sizes(), x.options().dtype(linear_));  // [T, d]
  const int64_t d = x.size(1);
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(x.size(0), d, [&](int64_t begin, int64_t end, int64_t) {
      k.normalise(In<float>(x) + begin * d, In<float>(weight), In<float>(scale) + begin, end - begin, d,
                  Out<T>(out) + begin * d);
    });
  });
  return out;
}

void Ops::NormBackward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight,
                       const at::Tensor& scale, at::Tensor dx, at::Tensor dweight) const {
  if (!has_kernels()) {
    const at::Tensor n = x * scale.unsqueeze(1);
    const at::Tensor g = dy.to(state_);
    dweight.add_((g * n).sum(0));
    const at::Tensor gw = g * weight;
    dx.add_(scale.unsqueeze(1) * (gw - n * (gw * n).mean(1, /*keepdim=*/true)));
    return;
  }
  const int64_t d = x.size(1);
  const at::Tensor partial = at::zeros({Parts(x.size(0), d), d}, dweight.options());  // [threads, d]
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(x.size(0), d, [&](int64_t begin, int64_t end, int64_t part) {
      k.norm_backward(In<T>(dy) + begin * d, In<float>(x) + begin * d, In<float>(weight),
                      In<float>(scale) + begin, end - begin, d, Out<float>(dx) + begin * d,
                      Out<float>(partial) + part * d);
    });
  });
  dweight.add_(partial.sum(0));
}

void Ops::Rotate(at::Tensor qkv, const RotaryAngles& angles, const HeadLayout& layout, int64_t length,
                 double direction) const {
  const int64_t rotated = layout.n_heads + layout.n_kv_heads;
  const int64_t stride = qkv.size(1);
  if (!has_kernels()) {
    const at::Tensor heads =
        qkv.view({-1, length, rotated + layout.n_kv_heads, layout.head_size}).narrow(2, 0, rotated);
    const auto halves = heads.chunk(2, -1);  // [B, T, heads, head_size/2] each
    const at::Tensor c = angles.cosine.narrow(0, 0, length).unsqueeze(1).to(state_);
    const at::Tensor s = angles.sine.narrow(0, 0, length).unsqueeze(1).to(state_) * direction;
    const at::Tensor a = halves[0].to(state_), b = halves[1].to(state_);
    const at::Tensor first = a * c - b * s, second = b * c + a * s;
    at::Tensor(halves[0]).copy_(first);
    at::Tensor(halves[1]).copy_(second);
    return;
  }
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(qkv.size(0), stride, [&](int64_t begin, int64_t end, int64_t) {
      k.rotary(Out<T>(qkv) + begin * stride, end - begin, stride, rotated, layout.head_size, begin, length,
               In<float>(angles.cosine), In<float>(angles.sine), static_cast<float>(direction));
    });
  });
}

Ops::Attended Ops::Attention(const at::Tensor& qkv, const HeadLayout& layout, int64_t length) const {
  const int64_t sequences = qkv.size(0) / length;
  Attended result{at::empty({qkv.size(0), layout.n_heads * layout.head_size}, qkv.options()),
                  at::empty({sequences, layout.n_heads, length}, at::kFloat)};
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    const kernels::AttentionHead<T> head{.qkv = In<T>(qkv),
                                         .out = Out<T>(result.out),
                                         .log_sums = Out<float>(result.log_sums),
                                         .length = length,
                                         .n_heads = layout.n_heads,
                                         .n_kv_heads = layout.n_kv_heads,
                                         .head_size = layout.head_size};
    ForHeads(head, sequences, k.attention);
  });
  return result;
}

at::Tensor Ops::AttentionBackward(const at::Tensor& dout, const at::Tensor& qkv, const at::Tensor& log_sums,
                                  const HeadLayout& layout, int64_t length) const {
  at::Tensor dqkv = at::empty_like(qkv);
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    const kernels::AttentionHead<T> head{.qkv = In<T>(qkv),
                                         .log_sums = Out<float>(log_sums),
                                         .dout = In<T>(dout),
                                         .dqkv = Out<T>(dqkv),
                                         .length = length,
                                         .n_heads = layout.n_heads,
                                         .n_kv_heads = layout.n_kv_heads,
                                         .head_size = layout.head_size};
    ForHeads(head, qkv.size(0) / length, k.attention_backward);
  });
  return dqkv;
}

at::Tensor Ops::SwiGlu(const at::Tensor& u) const {
  const int64_t f = u.size(1) / 2;
  if (!has_kernels()) {
    const auto halves = u.to(state_).chunk(2, 1);
    return (halves[0] * at::silu(halves[1])).to(linear_);
  }
  at::Tensor out = at::empty({u.size(0), f}, u.options());  // [T, F]
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(u.size(0), 4 * f, [&](int64_t begin, int64_t end, int64_t) {
      k.swiglu(In<T>(u) + begin * 2 * f, end - begin, f, Out<T>(out) + begin * f);
    });
  });
  return out;
}

Ops::SwiGluGradient Ops::SwiGluBackward(const at::Tensor& dhidden, const at::Tensor& u) const {
  const int64_t f = u.size(1) / 2;
  if (!has_kernels()) {
    const auto halves = u.to(state_).chunk(2, 1);
    const at::Tensor g = dhidden.to(state_);
    const at::Tensor sigmoid = at::sigmoid(halves[1]);
    const at::Tensor silu = halves[1] * sigmoid;
    const at::Tensor dgate = g * halves[0] * sigmoid * (1 + halves[1] * (1 - sigmoid));
    return {at::cat({g * silu, dgate}, 1).to(linear_), (halves[0] * silu).to(linear_)};
  }
  SwiGluGradient result{at::empty_like(u), at::empty_like(dhidden)};
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(u.size(0), 4 * f, [&](int64_t begin, int64_t end, int64_t) {
      k.swiglu_backward(In<T>(dhidden) + begin * f, In<T>(u) + begin * 2 * f, end - begin, f,
                        Out<T>(result.du) + begin * 2 * f, Out<T>(result.hidden) + begin * f);
    });
  });
  return result;
}

at::Tensor Ops::MaskHidden(const at::Tensor& hidden, const HiddenMask& mask) const {
  const int64_t f = hidden.size(1);
  if (!has_kernels()) {
    return (hidden.to(state_) * DenseMask(mask, f, state_)).to(linear_);
  }
  at::Tensor out = at::empty_like(hidden);  // [T, F]
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(hidden.size(0), f, [&](int64_t begin, int64_t end, int64_t) {
      k.mask_hidden(In<T>(hidden) + begin * f, WindowsFrom(mask, begin), end - begin, f,
                    Out<T>(out) + begin * f);
    });
  });
  return out;
}

at::Tensor Ops::MaskHiddenBackward(at::Tensor dmasked, const at::Tensor& hidden,
                                   const HiddenMask& mask) const {
  const int64_t f = hidden.size(1);
  at::Tensor dgates = at::empty(mask.gates.sizes(), mask.gates.options());  // [T, k]
  if (!has_kernels()) {
    const at::Tensor product = dmasked.to(state_) * hidden.to(state_);  // [T, F]
    const at::Tensor units = (mask.begins.to(device_).index_select(0, mask.experts.flatten()).unsqueeze(1) +
                              at::arange(mask.size, mask.experts.options()))
                                 .view({hidden.size(0), -1});  // [T, k s]
    dgates.copy_(product.gather(1, units).view({hidden.size(0), -1, mask.size}).sum(2));
    dmasked.copy_(dmasked.to(state_) * DenseMask(mask, f, state_));
    return dgates;
  }
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(hidden.size(0), f, [&](int64_t begin, int64_t end, int64_t) {
      k.mask_hidden_backward(Out<T>(dmasked) + begin * f, In<T>(hidden) + begin * f, WindowsFrom(mask, begin),
                             end - begin, f, Out<float>(dgates) + begin * mask.experts.size(1));
    });
  });
  return dgates;
}

at::Tensor Ops::CrossEntropy(at::Tensor logits, const at::Tensor& labels, double scale) const {
  if (!has_kernels()) {
    const at::Tensor log_probabilities = at::log_softmax(logits.to(state_), 1);
    const at::Tensor has_label = labels.ge(0).to(state_);
    const at::Tensor label = labels.clamp_min(0).unsqueeze(1);
    const at::Tensor losses = -log_probabilities.gather(1, label).squeeze(1) * has_label;
    at::Tensor gradient = log_probabilities.exp();
    gradient.scatter_add_(1, label, -at::ones_like(label, gradient.options()));
    logits.copy_(gradient * (has_label * scale).unsqueeze(1));
    return losses.sum(at::kDouble);
  }
  const int64_t v = logits.size(1);
  at::Tensor losses = at::empty({logits.size(0)}, at::kDouble);  // [T]
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(logits.size(0), 4 * v, [&](int64_t begin, int64_t end, int64_t) {
      k.cross_entropy(Out<T>(logits) + begin * v, In<int64_t>(labels) + begin, end - begin, v,
                      static_cast<float>(scale), Out<double>(losses) + begin);
    });
  });
  return losses.sum();
}

at::Tensor Ops::Add(const at::Tensor& x, const at::Tensor& y) const {
  at::Tensor out = at::empty_like(x);
  AddTo(x, y, out);
  return out;
}

void Ops::AddTo(const at::Tensor& x, const at::Tensor& y, at::Tensor out) const {
  if (!has_kernels()) {
    out.copy_(x + y.to(state_));
    return;
  }
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(x.numel(), 1, [&](int64_t begin, int64_t end, int64_t) {
      k.add(In<float>(x) + begin, In<T>(y) + begin, end - begin, Out<float>(out) + begin);
    });
  });
}

at::Tensor Ops::ScaleRows(const at::Tensor& x, const at::Tensor& scale) const {
  if (!has_kernels()) {
    return (x * scale.unsqueeze(1)).to(linear_);
  }
  at::Tensor out = at::empty(x.sizes(), x.options().dtype(linear_));  // [T, d]
  const int64_t d = x.size(1);
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(x.size(0), d, [&](int64_t begin, int64_t end, int64_t) {
      k.scale_rows(In<float>(x) + begin * d, In<float>(scale) + begin, end - begin, d,
                   Out<T>(out) + begin * d);
    });
  });
  return out;
}

at::Tensor Ops::Dot(const at::Tensor& x, const at::Tensor& y) const {
  if (!has_kernels()) {
    return (x * y.to(state_)).sum(1);
  }
  at::Tensor out = at::empty({x.size(0)}, x.options());  // [T]
  const int64_t d = x.size(1);
  WithKernels(*kernels_, y.scalar_type(), [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(x.size(0), d, [&](int64_t begin, int64_t end, int64_t) {
      k.dot(In<float>(x) + begin * d, In<T>(y) + begin * d, end - begin, d, Out<float>(out) + begin);
    });
  });
  return out;
}

at::Tensor Ops::Cast(const at::Tensor& x, int64_t rows) const {
  if (x.scalar_type() == linear_ && rows == x.size(0)) {
    return x;
  }
  at::Tensor out = at::empty({rows, x.size(1)}, x.options().dtype(linear_));
  out.narrow(0, x.size(0), rows - x.size(0)).zero_();
  if (!has_kernels()) {
    out.narrow(0, 0, x.size(0)).copy_(x);
    return out;
  }
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(x.numel(), 1, [&](int64_t begin, int64_t end, int64_t) {
      k.cast(In<float>(x) + begin, end - begin, Out<T>(out) + begin);
    });
  });
  return out;
}

void Ops::Accumulate(at::Tensor sum, const at::Tensor& x) const {
  if (!has_kernels() || x.scalar_type() != linear_ || !x.is_contiguous() || !sum.is_contiguous()) {
    sum.add_(x);
    return;
  }
  WithKernels(*kernels_, linear_, [&]<class T>(const TrainingKernels<T>& k, T) {
    ForRows(x.numel(), 1, [&](int64_t begin, int64_t end, int64_t) {
      k.accumulate(In<T>(x) + begin, end - begin, Out<float>(sum) + begin);
    });
  });
}

}  // namespace vffn
