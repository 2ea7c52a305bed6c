#include "model/logits.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "base/error.h"
#include "model/parameters.h"
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

/// Puts the rows of a batch, which are the tokens of sequences [begin, end) one after the other, where they
/// belong in values [B, T, width].
template <class T>
void PutRows(const LogitsTable& table, int64_t begin, int64_t end, int64_t width, const T* rows,
             std::vector<T>& values) {
  for (int64_t sequence = begin; sequence < end; ++sequence) {
    const int64_t count = table.lengths[static_cast<size_t>(sequence)] * width;
    std::copy_n(rows, count, values.begin() + sequence * table.length * width);
    rows += count;
  }
}

/// Collects the traces of forward passes over sequences of a table.
class TableTrace : public Trace {
 public:
  TableTrace(TraceDetail detail, LogitsTable& table) : detail_(detail), table_(table) {}

  TraceDetail detail() const override { return detail_; }

  /// The sequences of the next forward pass.
  void Begin(int64_t begin, int64_t end) {
    begin_ = begin;
    end_ = end;
  }

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
        return Put<float>(value, traced);
      case at::kLong:
        return Put<int64_t>(value, traced);
      default:
        return Put<uint8_t>(value, traced);
    }
  }

  template <class T>
  void Put(const at::Tensor& value, TracedTensor& traced) {
    const at::Tensor local = value.cpu().contiguous();
    if (!std::holds_alternative<std::vector<T>>(traced.values)) {
      traced.values = std::vector<T>();
    }
    std::vector<T>& values = std::get<std::vector<T>>(traced.values);
    values.resize(static_cast<size_t>(ElementCount(traced.shape)));
    PutRows(table_, begin_, end_, traced.shape.size() == 3 ? traced.shape[2] : 1, local.const_data_ptr<T>(),
            values);
  }

  TraceDetail detail_;
  LogitsTable& table_;
  int64_t begin_ = 0, end_ = 0;
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
    for (int64_t sequence = begin; sequence < end; ++sequence) {
      AppendSequence(batch, sequences[static_cast<size_t>(sequence)]);
    }
    trace.Begin(begin, end);
    const at::Tensor hidden = model.forward({.batch = &batch, .trace = options.trace ? &trace : nullptr});
    const at::Tensor logits = model.Logits(hidden).cpu().contiguous();  // [tokens, V]
    PutRows(table, begin, end, table.vocabulary, logits.const_data_ptr<float>(), table.logits);
  }
  const auto broken =
      std::ranges::find_if_not(table.logits, [](float logit) { return std::isfinite(logit); });
  VFFN_CHECK(broken == table.logits.end(), "a logit of sequence ",
             (broken - table.logits.begin()) / (table.length * table.vocabulary), " is not finite");
  return table;
}

}  // namespace vffn
