#include "model/logits.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "base/error.h"
#include "model/transformer.h"

namespace vffn {
namespace {

LogitsTable MakeTable(const std::vector<std::vector<int32_t>>& sequences, int32_t padding,
                      const ModelConfig& config) {
  LogitsTable table{.batch = static_cast<int64_t>(sequences.size()), .vocabulary = config.vocab_size};
  for (size_t i = 0; i < sequences.size(); ++i) {
    const auto length = static_cast<int64_t>(sequences[i].size());
    VFFN_CHECK(length > 0, "sequence ", i, " is empty");
    VFFN_CHECK(length <= config.max_sequence_length, "sequence ", i, " has ", length,
               " tokens; the model takes ", config.max_sequence_length);
    table.lengths.push_back(length);
    table.length = std::max(table.length, length);
  }
  table.input_ids.assign(table.batch * table.length, padding);
  for (size_t i = 0; i < sequences.size(); ++i) {
    std::ranges::copy(sequences[i], table.input_ids.begin() + static_cast<int64_t>(i) * table.length);
  }
  table.logits.resize(table.batch * table.length * table.vocabulary);
  return table;
}

/// Collects the traces of forward passes over the rows of a table, in order.
class TableTrace : public Trace {
 public:
  TableTrace(TraceDetail detail, LogitsTable& table) : detail_(detail), table_(table) {}

  TraceDetail detail() const override { return detail_; }

  void Record(int64_t layer, const LayerTrace& values) override {
    const std::string prefix = "layer." + std::to_string(layer) + ".";
    LayerTrace::Visit(values, [&](const char* name, const at::Tensor& value) {
      if (value.defined()) {
        Add(value, table_.trace[prefix + name]);
      }
    });
  }

 private:
  void Add(const at::Tensor& value, TracedTensor& traced) {
    traced.shape = value.sizes().vec();
    traced.shape[0] = table_.length;
    traced.shape.insert(traced.shape.begin(), table_.batch);
    switch (value.scalar_type()) {
      case at::kFloat:
        return Append<float>(value, traced);
      case at::kLong:
        return Append<int64_t>(value, traced);
      default:
        return Append<uint8_t>(value, traced);
    }
  }

  template <class T>
  static void Append(const at::Tensor& value, TracedTensor& traced) {
    const at::Tensor local = value.cpu().contiguous();
    if (!std::holds_alternative<std::vector<T>>(traced.values)) {
      traced.values = std::vector<T>();
    }
    std::vector<T>& values = std::get<std::vector<T>>(traced.values);
    values.insert(values.end(), local.const_data_ptr<T>(), local.const_data_ptr<T>() + local.numel());
  }

  TraceDetail detail_;
  LogitsTable& table_;
};

}  // namespace

LogitsTable ComputeLogits(const Checkpoint& checkpoint, const std::vector<std::vector<int32_t>>& sequences,
                          int32_t padding, const LogitsOptions& options) {
  LogitsTable table = MakeTable(sequences, padding, checkpoint.config());
  const Transformer model(checkpoint, options.compute,
                          std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
  TableTrace trace(options.trace.value_or(TraceDetail::kDecisions), table);
  for (int64_t begin = 0; begin < table.batch; begin += options.batch_size) {
    const int64_t end = std::min(begin + options.batch_size, table.batch);
    PackedBatch batch;
    for (int64_t row = begin; row < end; ++row) {
      const auto ids = table.input_ids.begin() + row * table.length;
      AppendSequence(batch, {ids, ids + table.length});
    }
    const at::Tensor hidden = model.forward({.batch = &batch, .trace = options.trace ? &trace : nullptr});
    const at::Tensor logits = model.Logits(hidden).cpu().contiguous();  // [(end - begin) * T, V]
    std::copy_n(logits.const_data_ptr<float>(), logits.numel(),
                table.logits.begin() + begin * table.length * table.vocabulary);
  }
  const auto broken =
      std::ranges::find_if_not(table.logits, [](float logit) { return std::isfinite(logit); });
  VFFN_CHECK(broken == table.logits.end(), "a logit of sequence ",
             (broken - table.logits.begin()) / (table.length * table.vocabulary), " is not finite");
  return table;
}

}  // namespace vffn
