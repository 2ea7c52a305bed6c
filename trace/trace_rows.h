// From docs to the rows of a trace file and back. Only for files that know Arrow.
#pragma once

#include <arrow/api.h>

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "trace/trace_reader.h"

namespace vffn {

/// Collects rows until they are taken as a table.
class TraceRows {
 public:
  TraceRows(const TraceShape& shape, TraceWriter::TokenBytes token_bytes);
  ~TraceRows();

  /// Throws Error if memory is short.
  void Append(const DocTrace& doc);

  int64_t size() const { return size_; }

  /// All rows so far; begins anew.
  std::shared_ptr<arrow::Table> Take();

 private:
  struct Builders;

  const std::string& Piece(const DocTrace& doc, int64_t node);
  void AppendNode(const DocTrace& doc, int64_t node, int64_t layer);
  void AppendLayer(const DocTrace& doc, int64_t node, int64_t layer);

  TraceShape shape_;
  TraceWriter::TokenBytes token_bytes_;
  std::unordered_map<int32_t, std::string> pieces_;
  std::unique_ptr<Builders> builders_;
  int64_t size_ = 0;
};

/// Puts docs together again from batches of rows.
class DocAssembler {
 public:
  using Visit = std::function<void(const DocTrace&)>;

  /// `batches` will have the columns that `columns` asks for; `origin` begins every Error.
  DocAssembler(const TraceShape& shape, const TraceColumns& columns, std::string origin, Visit visit);
  ~DocAssembler();

  /// Visits every doc that ends in the batch before its last row. Throws Error on rows out of order and on
  /// docs that are not valid.
  void Add(const arrow::RecordBatch& batch);

  /// Visits the last doc.
  void Finish();

 private:
  struct Columns;

  void Begin(const Columns& from, int64_t row);
  void AddNode(const Columns& from, int64_t row);
  void AddLayer(const Columns& from, int64_t row);
  void End();

  TraceShape shape_;
  TraceColumns columns_;
  std::string origin_;
  Visit visit_;
  DocTrace doc_;             // its fields per layer are [run, layers, ...] until it is complete
  int64_t next_layer_ = -1;  // of the node begun last; -1: the next row is another node's
};

/// The names of the columns to read, in the order of the schema.
std::vector<std::string> ColumnNames(const TraceShape& shape, const TraceColumns& columns);

}  // namespace vffn
