#include "trace/doc_trace.h"

#include <cmath>

#include "base/error.h"

namespace vffn {
namespace {

/// One doc being checked.
class Checker {
 public:
  Checker(const DocTrace& doc, const TraceShape& shape, const std::string& origin)
      : doc_(doc), shape_(shape), name_(origin + ": " + doc.task + " doc " + std::to_string(doc.doc_id)) {}

  void Run() const {
    CheckNodes();
    CheckLayers();
  }

 private:
  void CheckSize(const char* field, size_t size, int64_t expected, bool optional) const {
    VFFN_CHECK(static_cast<int64_t>(size) == expected || (optional && size == 0), name_, ": ", field, " has ",
               size, " values, should have ", expected);
  }

  template <class T>
  void CheckRange(const char* field, const std::vector<T>& values, double low, double high,
                  bool may_be_absent = false) const {
    for (size_t i = 0; i < values.size(); ++i) {
      const auto value = static_cast<double>(values[i]);
      const bool absent = may_be_absent && value == static_cast<double>(kAbsent);
      VFFN_CHECK(absent || (value >= low && value <= high), name_, ": ", field, "[", i, "] is ", value,
                 ", should be in [", low, ", ", high, "]");
    }
  }

  void CheckNodes() const {
    const int64_t nodes = doc_.nodes();
    VFFN_CHECK(nodes > 0 && doc_.run >= 0 && doc_.run <= nodes, name_, ": ", doc_.run, " of ", nodes,
               " nodes were run");
    CheckSize("parent", doc_.parents.size(), nodes, false);
    CheckSize("position", doc_.positions.size(), nodes, false);
    CheckSize("choice", doc_.choices.size(), nodes, false);
    CheckSize("weight", doc_.weights.size(), nodes, false);
    CheckSize("scored", doc_.scored.size(), nodes, false);
    CheckSize("log_prob", doc_.log_probs.size(), nodes, true);
    CheckSize("piece", doc_.pieces.size(), nodes, true);
    for (int64_t i = 0; i < nodes; ++i) {
      CheckNode(i);
    }
  }

  void CheckNode(int64_t i) const {
    const int32_t parent = doc_.parents[i];
    VFFN_CHECK(parent >= -1 && parent < i && parent < doc_.run, name_, ": node ", i, " has parent ", parent);
    const int32_t above = parent < 0 ? -1 : doc_.positions[parent];
    VFFN_CHECK(doc_.positions[i] == above + 1, name_, ": node ", i, " is at position ", doc_.positions[i],
               ", its parent at ", above);
    VFFN_CHECK(doc_.tokens[i] >= 0 && doc_.choices[i] >= 0, name_, ": node ", i, " has token ",
               doc_.tokens[i], " and choice ", doc_.choices[i]);
    VFFN_CHECK((doc_.weights[i] > 0) == (i < doc_.run) && doc_.weights[i] >= 0, name_, ": node ", i,
               i < doc_.run ? " was run" : " was not run", ", but its weight is ", doc_.weights[i]);
    VFFN_CHECK(doc_.scored[i] >= 0, name_, ": node ", i, " is scored ", doc_.scored[i], " times");
    if (!doc_.log_probs.empty()) {
      const float log_prob = doc_.log_probs[i];
      const bool fits = doc_.scored[i] > 0
                            ? std::isfinite(log_prob) && log_prob > kAbsent && log_prob <= 1e-3F
                            : log_prob == kAbsent;
      VFFN_CHECK(fits, name_, ": node ", i, ", scored ", doc_.scored[i], " times, has log_prob ", log_prob);
    }
  }

  void CheckLayers() const {
    const int64_t pairs = shape_.layers * doc_.run;
    const auto size = [&](const char* field, size_t values, bool has, int64_t width) {
      CheckSize(field, values, has ? pairs * width : 0, true);
    };
    size("loop_count", doc_.loop_counts.size(), shape_.max_loops > 0, 1);
    size("loop_probabilities", doc_.loop_probabilities.size(), shape_.probabilities, shape_.max_loops);
    size("lambda", doc_.lambdas.size(), shape_.lambda, 1);
    size("experts", doc_.experts.size(), shape_.n_experts > 0, shape_.top_k);
    size("gate_weights", doc_.gate_weights.size(), shape_.n_experts > 0, shape_.top_k);
    size("cosine", doc_.cosines.size(), shape_.cosine, 1);
    constexpr double kRounding = 1e-3;  // bfloat16 arithmetic
    CheckRange("loop_count", doc_.loop_counts, 1, static_cast<double>(shape_.max_loops));
    CheckRange("loop_probabilities", doc_.loop_probabilities, 0, 1 + kRounding);
    CheckRange("lambda", doc_.lambdas, 0, 1);
    CheckRange("experts", doc_.experts, -1, static_cast<double>(shape_.n_experts - 1));
    CheckRange("gate_weights", doc_.gate_weights, 0, 1 + kRounding);
    CheckRange("cosine", doc_.cosines, -1 - kRounding, 1 + kRounding, /*may_be_absent=*/true);
  }

  const DocTrace& doc_;
  const TraceShape& shape_;
  std::string name_;
};

}  // namespace

TraceShape TraceShapeOf(const ModelConfig& config, bool branches) {
  const FfnConfig& ffn = config.ffn;
  TraceShape shape;
  if (ffn.kind == FfnKind::kMoe || ffn.kind == FfnKind::kVersatile) {
    shape = {.layers = config.n_layers, .n_experts = ffn.n_experts, .top_k = ffn.top_k};
  }
  if (ffn.kind == FfnKind::kVersatile) {
    const bool depth = FixedLambda(ffn.probes) != 1.0;
    shape.max_loops = depth ? ffn.max_loops : 0;
    shape.probabilities = depth && ffn.probes.loops == 0;
    shape.lambda = true;
    shape.cosine = branches && depth;
  }
  return shape;
}

void Validate(const DocTrace& doc, const TraceShape& shape, const std::string& origin) {
  Checker(doc, shape, origin).Run();
}

}  // namespace vffn
