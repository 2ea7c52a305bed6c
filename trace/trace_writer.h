// Writing traces: a folder of Parquet files, "part-00000.parquet" and so on, which any data tool reads as one
// table:
//   pandas.read_parquet("FOLDER"), duckdb: FROM 'FOLDER/*.parquet', polars.read_parquet("FOLDER/*.parquet")
//
// A row is a (node, layer) of DocTrace: layers of a node one after the other, nodes in order, docs whole.
// trace_columns.h describes the columns; weight is DocTrace::readers:
//   task string, doc_id int64, node, parent, choice, position, token int32, piece binary, weight, scored
//   int32, log_prob float?, from_doc bool?, layer int16, loop_count uint8 (0: none), lambda_width float?,
//   loop_probabilities float[L_max]?, experts int16[k]?, gate_weights float[k]?, cosine float?
// ?: may be null. from_doc and the columns from lambda_width on are there if TraceShape has them. A node that
// did not run (see DocTrace), and every node of a model without decisions, has one row, of layer -1. The
// key-value metadata of a part hold "vffn_trace" (TraceHeader) and "vffn_docs" ({"TASK": [doc_id, ...]}).
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "trace/doc_trace.h"
#include "trace/trace_header.h"

namespace vffn {

/// By task.
using TracedDocs = std::map<std::string, std::set<int64_t>>;

/// DocTrace::from_doc of a doc, [nodes].
using FromDoc = std::function<std::vector<std::optional<bool>>(const DocTrace&)>;

enum class TraceMode {
  kNew,     ///< throws Error if the folder has parts in it
  kResume,  ///< continues with them
};

struct TraceWriterOptions {
  TraceMode mode = TraceMode::kNew;
  int64_t rows_in_group = 1 << 16;      ///< rows held in memory, about 100 bytes each
  int64_t bytes_in_part = 256LL << 20;  ///< a part of this size is finished
  FromDoc from_doc = {};                ///< of docs that come without it; empty: it is not known
};

/// A part gets its name when it is finished, so every part in the folder is complete. A killed process loses
/// the docs of its last part and no others. To continue a run, score every doc of the plan that !Has()
/// returns (again), whatever the ledger holds; docs that the trace has may be written again and are skipped.
/// One process at a time: the folder is locked.
class TraceWriter : public TraceSink {
 public:
  /// The bytes a token stands for; called once per distinct token.
  using TokenBytes = std::function<std::string(int32_t token)>;

  /// Creates the folder if it is missing. Throws Error if it cannot be written, is locked, has parts that
  /// cannot be read or belong to another header; if vffn was built without Arrow.
  TraceWriter(const std::filesystem::path& folder, TraceHeader header, TokenBytes token_bytes,
              TraceWriterOptions options = {});

  /// Without Finish the docs of the last part are dropped.
  ~TraceWriter() override;
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  const TraceShape& shape() const override;

  /// Whether the doc was written, in this run or an earlier one. Thread safe.
  bool Has(const std::string& task, int64_t doc_id) const;

  void Write(const DocTrace& doc) override;

  /// Finishes the part that was begun: a killed process does not lose the docs so far. The next doc begins
  /// another part.
  void EndPart();

  /// Finishes the last part; call it also after an interrupt, so that nothing is lost. No doc can be written
  /// after it.
  void Finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vffn
