// Docs as rows of a trace file, and rows as docs. Only for files that know Arrow.
#pragma once

#include <arrow/api.h>

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "trace/trace_reader.h"

namespace vffn {

/// Keys of a file's metadata: the header, and which docs the file has.
inline constexpr const char* kTraceKey = "vffn_trace";
inline constexpr const char* kDocsKey = "vffn_docs";

/// The columns of a file with traces of this shape.
std::shared_ptr<arrow::Schema> TraceSchema(const TraceShape& shape);

/// The schema, or the columns of a batch, of a file whose columns may have the names of the first schema,
/// with the names of today.
std::shared_ptr<arrow::Schema> WithNewNames(const arrow::Schema& schema);
std::shared_ptr<arrow::RecordBatch> WithNewNames(const arrow::RecordBatch& batch);

/// The names of the columns to read, in the order of the schema.
std::vector<std::string> ColumnNames(const TraceShape& shape, const TraceColumns& columns);

/// Collects rows until they are taken as a table.
class TraceRows {
 public:
  TraceRows(const TraceShape& shape, TraceWriter::TokenBytes token_bytes, FromDoc from_doc);
  ~TraceRows();

  /// Throws Error if memory is short.
  void Append(const DocTrace& doc);

  int64_t size() const { return size_; }

  /// All rows so far; the next rows begin a new table.
  std::shared_ptr<arrow::Table> Take();

 private:
  class ColumnWriter;
  template <class Type, class ValueOf>
  class ValueWriter;
  template <class T>
  class ListWriter;

  template <class Type, class ValueOf>
  void AddValues(ValueOf value_of);
  const std::string& Piece(const DocTrace& doc, int64_t node);

  TraceShape shape_;
  TraceWriter::TokenBytes token_bytes_;
  FromDoc from_doc_;
  std::vector<std::optional<bool>> origins_;  // of the doc at hand
  std::unordered_map<int32_t, std::string> pieces_;
  std::vector<std::unique_ptr<ColumnWriter>> columns_;  // in the order of the schema
  int64_t size_ = 0;
};

/// Puts docs together again from batches of rows.
class DocAssembler {
 public:
  using Visit = std::function<void(const DocTrace&)>;

  /// The batches may lack columns that are not always read; those fields stay empty. `origin` begins every
  /// Error.
  DocAssembler(const TraceShape& shape, std::string origin, Visit visit);
  ~DocAssembler();

  /// Visits every doc that ends in the batch before its last row. Throws Error on rows out of order and on
  /// docs that are not valid.
  void Add(const arrow::RecordBatch& batch);

  /// Visits the last doc.
  void Finish();

 private:
  class ColumnReader;
  template <class T>
  class NodeReader;
  template <class T>
  class LayerReader;

  void End();

  TraceShape shape_;
  std::string origin_;
  Visit visit_;
  std::vector<std::unique_ptr<ColumnReader>> columns_;
  DocTrace doc_;             // its fields per layer are [nodes_run, layers, ...] until it is complete
  int64_t next_layer_ = -1;  // of the node begun last; -1: the next row is another node's
};

}  // namespace vffn
