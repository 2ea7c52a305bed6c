#include "model/ffn/moe.h"

namespace vffn {

at::Tensor MoeFfn::forward(const at::Tensor& x, const ForwardPass& pass) const {
  const Routing routing = experts_.Route(x);
  if (pass.trace) {
    pass.trace->Record(layer_, "gate_logits", routing.logits);
    pass.trace->Record(layer_, "expert_indices", routing.indices);
    pass.trace->Record(layer_, "expert_weights", routing.weights);
  }
  return dense_.forward(x) + experts_.forward(x, routing, /*through_gate=*/false);
}

}  // namespace vffn
