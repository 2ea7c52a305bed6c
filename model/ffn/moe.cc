#include "model/ffn/moe.h"

namespace vffn {

FfnOutput MoeFfn::forward(const at::Tensor& h, const FfnConnections& connections,
                          const ForwardPass& pass) const {
  const Routing routing = experts_.Route(h);
  const ResidualConnection& of_experts = *connections.experts;
  const at::Tensor dense = FfnStep{dense_, connections.ffn}.forward(h);  // [T, d]
  FfnOutput output;
  if (experts_.kernels()) {
    output.states =
        experts_.Join({.x = h, .norm = of_experts.before()}, routing, /*addend=*/{}, of_experts, dense);
  } else {
    const std::vector<at::Tensor> outputs = experts_.Outputs(of_experts.Input(h), routing);
    output.states = of_experts.Add(dense, WeightedSum(outputs, routing.weights));
  }
  if (pass.wants_decisions()) {
    output.decisions = DecisionsOf(routing);
  }
  return output;
}

}  // namespace vffn
