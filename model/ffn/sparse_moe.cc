#include "model/ffn/sparse_moe.h"

namespace vffn {
namespace {

/// Of [T, 1]. As a softmax over (x, 0), which LibTorch computes row by row: its sigmoid rounds a token's
/// value by the token's place in a vector.
at::Tensor Sigmoid(const at::Tensor& x) {
  return at::softmax(at::cat({x, at::zeros_like(x)}, 1), 1).slice(1, 0, 1);
}

}  // namespace

at::Tensor SharedExpert::forward(const at::Tensor& x) const {
  const at::Tensor y = mlp.forward(x);
  return gate ? y * Sigmoid(gate->forward(x)) : y;
}

FfnOutput SparseMoeFfn::forward(const at::Tensor& h, const FfnConnections& connections,
                                const ForwardPass& pass) const {
  const at::Tensor x = connections.ffn.Input(h);  // [T, d]
  const Routing routing = experts_.Route(x);
  const at::Tensor shared = shared_ ? shared_->forward(x) : at::Tensor();  // [T, d]
  FfnOutput output;
  if (experts_.kernels()) {
    output.states = experts_.Join({.x = x}, routing, shared, connections.ffn, h);
  } else {
    const at::Tensor y = WeightedSum(experts_.Outputs(x, routing), routing.weights);  // [T, d]
    output.states = connections.ffn.Add(h, shared_ ? y + shared : y);
  }
  if (pass.wants_decisions()) {
    output.decisions = DecisionsOf(routing);
  }
  return output;
}

}  // namespace vffn
