#include "trace/trace_rows.h"

#include <algorithm>
#include <cmath>

#include "trace/trace_columns.h"

namespace vffn {
namespace {

void CheckMemory(const arrow::Status& status) {
  VFFN_CHECK(status.ok(), "a trace's rows: ", status.ToString());
}

/// A column of lists of fixed length.
template <class Builder>
struct ListBuilder {
  std::shared_ptr<Builder> values = std::make_shared<Builder>();
  std::unique_ptr<arrow::FixedSizeListBuilder> lists;

  explicit ListBuilder(const std::shared_ptr<arrow::DataType>& type)
      : lists(std::make_unique<arrow::FixedSizeListBuilder>(arrow::default_memory_pool(), values, type)) {}

  template <class T>
  void Append(const T* row, int64_t size) {
    CheckMemory(row == nullptr ? lists->AppendNull() : lists->Append());
    if (row != nullptr) {
      CheckMemory(values->AppendValues(row, size));
    }
  }
};

void AppendFloat(arrow::FloatBuilder& builder, float value) {
  CheckMemory(value == kAbsent ? builder.AppendNull() : builder.Append(value));
}

/// [rows, columns, width] -> [columns, rows, width].
template <class T>
void Transpose(std::vector<T>& values, int64_t rows, int64_t columns, int64_t width) {
  if (values.empty()) {
    return;
  }
  std::vector<T> turned(values.size());
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      std::copy_n(&values[(r * columns + c) * width], width, &turned[(c * rows + r) * width]);
    }
  }
  values = std::move(turned);
}

}  // namespace

struct TraceRows::Builders {
  explicit Builders(const TraceShape& shape) : schema(TraceSchema(shape)) {
    if (shape.probabilities) {
      probabilities.emplace(schema->GetFieldByName("loop_probabilities")->type());
    }
    if (shape.n_experts > 0) {
      experts.emplace(schema->GetFieldByName("experts")->type());
      gate_weights.emplace(schema->GetFieldByName("gate_weights")->type());
    }
  }

  /// Those in use, in the order of the schema.
  std::vector<arrow::ArrayBuilder*> InOrder(const TraceShape& shape) {
    std::vector<arrow::ArrayBuilder*> all = {&task,  &doc_id, &node,   &parent,   &choice, &position,  &token,
                                             &piece, &weight, &scored, &log_prob, &layer,  &loop_count};
    if (shape.lambda) {
      all.push_back(&lambda);
    }
    if (probabilities) {
      all.push_back(probabilities->lists.get());
    }
    if (experts) {
      all.push_back(experts->lists.get());
      all.push_back(gate_weights->lists.get());
    }
    if (shape.cosine) {
      all.push_back(&cosine);
    }
    return all;
  }

  std::shared_ptr<arrow::Schema> schema;
  arrow::StringBuilder task;
  arrow::BinaryBuilder piece;
  arrow::Int64Builder doc_id;
  arrow::Int32Builder node, parent, choice, position, token, weight, scored;
  arrow::Int16Builder layer;
  arrow::UInt8Builder loop_count;
  arrow::FloatBuilder log_prob, lambda, cosine;
  std::optional<ListBuilder<arrow::FloatBuilder>> probabilities, gate_weights;
  std::optional<ListBuilder<arrow::Int16Builder>> experts;
};

TraceRows::TraceRows(const TraceShape& shape, TraceWriter::TokenBytes token_bytes)
    : shape_(shape), token_bytes_(std::move(token_bytes)), builders_(std::make_unique<Builders>(shape)) {}

TraceRows::~TraceRows() = default;

const std::string& TraceRows::Piece(const DocTrace& doc, int64_t node) {
  if (!doc.pieces.empty()) {
    return doc.pieces[node];
  }
  const auto [place, is_new] = pieces_.try_emplace(doc.tokens[node]);
  if (is_new && token_bytes_) {
    place->second = token_bytes_(doc.tokens[node]);
  }
  return place->second;
}

void TraceRows::AppendNode(const DocTrace& doc, int64_t node, int64_t layer) {
  Builders& to = *builders_;
  CheckMemory(to.task.Append(doc.task));
  CheckMemory(to.doc_id.Append(doc.doc_id));
  CheckMemory(to.node.Append(static_cast<int32_t>(node)));
  CheckMemory(to.parent.Append(doc.parents[node]));
  CheckMemory(to.choice.Append(doc.choices[node]));
  CheckMemory(to.position.Append(doc.positions[node]));
  CheckMemory(to.token.Append(doc.tokens[node]));
  CheckMemory(to.piece.Append(Piece(doc, node)));
  CheckMemory(to.weight.Append(doc.weights[node]));
  CheckMemory(to.scored.Append(doc.scored[node]));
  AppendFloat(to.log_prob, doc.log_probs.empty() ? kAbsent : doc.log_probs[node]);
  CheckMemory(to.layer.Append(static_cast<int16_t>(layer)));
}

void TraceRows::AppendLayer(const DocTrace& doc, int64_t node, int64_t layer) {
  Builders& to = *builders_;
  const bool decided = layer >= 0;
  const int64_t row = layer * doc.run + node;
  CheckMemory(to.loop_count.Append(decided && shape_.max_loops > 0 ? doc.loop_counts[row] : uint8_t{0}));
  if (shape_.lambda) {
    AppendFloat(to.lambda, decided ? doc.lambdas[row] : kAbsent);
  }
  if (to.probabilities) {
    to.probabilities->Append(decided ? &doc.loop_probabilities[row * shape_.max_loops] : nullptr,
                             shape_.max_loops);
  }
  if (to.experts) {
    to.experts->Append(decided ? &doc.experts[row * shape_.top_k] : nullptr, shape_.top_k);
    to.gate_weights->Append(decided ? &doc.gate_weights[row * shape_.top_k] : nullptr, shape_.top_k);
  }
  if (shape_.cosine) {
    AppendFloat(to.cosine, decided ? doc.cosines[row] : kAbsent);
  }
}

void TraceRows::Append(const DocTrace& doc) {
  for (int64_t node = 0; node < doc.nodes(); ++node) {
    const bool decided = node < doc.run && shape_.layers > 0;
    for (int64_t layer = decided ? 0 : -1; layer < (decided ? shape_.layers : 0); ++layer, ++size_) {
      AppendNode(doc, node, layer);
      AppendLayer(doc, node, layer);
    }
  }
}

std::shared_ptr<arrow::Table> TraceRows::Take() {
  arrow::ArrayVector arrays;
  for (arrow::ArrayBuilder* builder : builders_->InOrder(shape_)) {
    auto array = builder->Finish();
    CheckMemory(array.status());
    arrays.push_back(*array);
  }
  return arrow::Table::Make(builders_->schema, arrays, std::exchange(size_, 0));
}

std::vector<std::string> ColumnNames(const TraceShape& shape, const TraceColumns& columns) {
  const std::map<std::string, bool> wanted = {{"piece", columns.pieces},
                                              {"log_prob", columns.log_probs},
                                              {"loop_count", columns.loop_counts},
                                              {"lambda", columns.lambdas},
                                              {"loop_probabilities", columns.loop_probabilities},
                                              {"experts", columns.experts},
                                              {"gate_weights", columns.experts},
                                              {"cosine", columns.cosines}};
  std::vector<std::string> names;
  const auto schema = TraceSchema(shape);
  for (const auto& field : schema->fields()) {
    const auto found = wanted.find(field->name());
    if (found == wanted.end() || found->second) {
      names.push_back(field->name());
    }
  }
  return names;
}

/// The arrays of a batch; null where a column was not read.
struct DocAssembler::Columns {
  explicit Columns(const arrow::RecordBatch& batch) {
    const auto find = [&](const char* name, auto& array) {
      const auto column = batch.GetColumnByName(name);
      array = column ? static_cast<std::remove_reference_t<decltype(array)>>(column.get()) : nullptr;
    };
    find("task", task);
    find("doc_id", doc_id);
    find("node", node);
    find("parent", parent);
    find("choice", choice);
    find("position", position);
    find("token", token);
    find("piece", piece);
    find("weight", weight);
    find("scored", scored);
    find("log_prob", log_prob);
    find("layer", layer);
    find("loop_count", loop_count);
    find("lambda", lambda);
    find("loop_probabilities", probabilities);
    find("experts", experts);
    find("gate_weights", gate_weights);
    find("cosine", cosine);
  }

  const arrow::StringArray* task;
  const arrow::BinaryArray* piece;
  const arrow::Int64Array* doc_id;
  const arrow::Int32Array *node, *parent, *choice, *position, *token, *weight, *scored;
  const arrow::Int16Array* layer;
  const arrow::UInt8Array* loop_count;
  const arrow::FloatArray *log_prob, *lambda, *cosine;
  const arrow::FixedSizeListArray *probabilities, *gate_weights, *experts;
};

DocAssembler::DocAssembler(const TraceShape& shape, const TraceColumns& columns, std::string origin,
                           Visit visit)
    : shape_(shape), columns_(columns), origin_(std::move(origin)), visit_(std::move(visit)) {}

DocAssembler::~DocAssembler() = default;

void DocAssembler::Begin(const Columns& from, int64_t row) {
  doc_ = {.task = std::string(from.task->GetView(row)), .doc_id = from.doc_id->Value(row)};
}

void DocAssembler::AddNode(const Columns& from, int64_t row) {
  doc_.tokens.push_back(from.token->Value(row));
  doc_.parents.push_back(from.parent->Value(row));
  doc_.positions.push_back(from.position->Value(row));
  doc_.choices.push_back(from.choice->Value(row));
  doc_.weights.push_back(from.weight->Value(row));
  doc_.scored.push_back(from.scored->Value(row));
  doc_.run += doc_.weights.back() > 0 ? 1 : 0;
  if (from.piece) {
    doc_.pieces.emplace_back(from.piece->GetView(row));
  }
  if (from.log_prob) {
    doc_.log_probs.push_back(from.log_prob->IsNull(row) ? kAbsent : from.log_prob->Value(row));
  }
}

void DocAssembler::AddLayer(const Columns& from, int64_t row) {
  const auto check = [&](const arrow::Array& column, const char* name) {
    VFFN_CHECK(!column.IsNull(row), origin_, ": ", doc_.task, " doc ", doc_.doc_id, ", node ",
               doc_.nodes() - 1, ", layer ", from.layer->Value(row), " has no ", name);
  };
  const auto add_list = [&](const arrow::FixedSizeListArray* lists, const char* name, auto& to,
                            const auto* values) {
    if (lists) {
      check(*lists, name);
      to.insert(to.end(), values->raw_values() + lists->value_offset(row),
                values->raw_values() + lists->value_offset(row) + lists->value_length(row));
    }
  };
  const auto floats = [](const arrow::FixedSizeListArray* lists) {
    return lists ? static_cast<const arrow::FloatArray*>(lists->values().get()) : nullptr;
  };
  if (from.loop_count && shape_.max_loops > 0) {
    doc_.loop_counts.push_back(from.loop_count->Value(row));
  }
  if (from.lambda) {
    check(*from.lambda, "lambda");
    doc_.lambdas.push_back(from.lambda->Value(row));
  }
  if (from.cosine) {
    doc_.cosines.push_back(from.cosine->IsNull(row) ? kAbsent : from.cosine->Value(row));
  }
  add_list(from.probabilities, "loop_probabilities", doc_.loop_probabilities, floats(from.probabilities));
  add_list(from.gate_weights, "gate_weights", doc_.gate_weights, floats(from.gate_weights));
  add_list(from.experts, "experts", doc_.experts,
           from.experts ? static_cast<const arrow::Int16Array*>(from.experts->values().get()) : nullptr);
}

void DocAssembler::Add(const arrow::RecordBatch& batch) {
  const Columns from(batch);
  for (int64_t row = 0; row < batch.num_rows(); ++row) {
    if (doc_.nodes() == 0 || from.doc_id->Value(row) != doc_.doc_id || from.task->GetView(row) != doc_.task) {
      End();
      Begin(from, row);
    }
    const int32_t node = from.node->Value(row);
    const int16_t layer = from.layer->Value(row);
    const bool decided = from.weight->Value(row) > 0 && shape_.layers > 0;
    const bool is_new = next_layer_ < 0;
    const int64_t expected_node = doc_.nodes() - (is_new ? 0 : 1);
    const int64_t expected_layer = is_new ? (decided ? 0 : -1) : next_layer_;
    VFFN_CHECK(node == expected_node && layer == expected_layer, origin_, ": ", doc_.task, " doc ",
               doc_.doc_id, ": a row of node ", node, ", layer ", layer, " where node ", expected_node,
               ", layer ", expected_layer, " should come: rows are missing or out of order");
    if (is_new) {
      AddNode(from, row);
    }
    if (layer >= 0) {
      AddLayer(from, row);
      next_layer_ = layer + 1 < shape_.layers ? layer + 1 : -1;
    }
  }
}

void DocAssembler::End() {
  if (doc_.nodes() == 0) {
    return;
  }
  VFFN_CHECK(next_layer_ < 0, origin_, ": ", doc_.task, " doc ", doc_.doc_id, " ends before layer ",
             next_layer_, " of node ", doc_.nodes() - 1);
  Transpose(doc_.loop_counts, doc_.run, shape_.layers, 1);
  Transpose(doc_.loop_probabilities, doc_.run, shape_.layers, shape_.max_loops);
  Transpose(doc_.lambdas, doc_.run, shape_.layers, 1);
  Transpose(doc_.experts, doc_.run, shape_.layers, shape_.top_k);
  Transpose(doc_.gate_weights, doc_.run, shape_.layers, shape_.top_k);
  Transpose(doc_.cosines, doc_.run, shape_.layers, 1);
  Validate(doc_, shape_, origin_);
  visit_(doc_);
}

void DocAssembler::Finish() {
  End();
  doc_ = {};
}

}  // namespace vffn
