#include "model/ffn/sparse_moe.h"

namespace vffn {

FfnOutput SparseMoeFfn::forward(const at::Tensor& h, const FfnConnections& connections,
                                const ForwardPass& pass) const {
  const at::Tensor x = connections.ffn.Input(h);  // [T, d]
  const Routing routing = experts_.Route(x);
  at::Tensor y = WeightedSum(experts_.Outputs(x, routing), routing.weights);  // [T, d]
  if (shared_) {
    y = y + shared_->forward(x);
  }
  FfnOutput output{.states = connections.ffn.Add(h, std::move(y))};
  if (pass.wants_decisions()) {
    output.decisions = DecisionsOf(routing);
  }
  return output;
}

}  // namespace vffn
