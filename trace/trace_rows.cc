#include "trace/trace_rows.h"

#include <algorithm>
#include <set>
#include <type_traits>

#include "base/error.h"
#include "trace/trace_columns.h"

namespace vffn {
namespace {

/// How Arrow stores an element of a column.
template <class T>
struct Stored {
  using Type = typename arrow::CTypeTraits<T>::ArrowType;
};
template <>
struct Stored<std::optional<float>> {
  using Type = arrow::FloatType;
};
template <>
struct Stored<std::string> {
  using Type = arrow::BinaryType;
};
template <>
struct Stored<std::optional<bool>> {
  using Type = arrow::BooleanType;
};
template <class T>
using StoredType = typename Stored<T>::Type;

template <class T>
constexpr bool kIsOptional = false;
template <class T>
constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
bool IsInFile(const LayerColumn<T>& column) {
  return column.width > 0 || column.zero_if_missing;
}

template <class T>
std::shared_ptr<arrow::DataType> TypeOf(const LayerColumn<T>& column) {
  const auto element = arrow::TypeTraits<StoredType<T>>::type_singleton();
  return column.is_list ? arrow::fixed_size_list(arrow::field("element", element, /*nullable=*/false),
                                                 static_cast<int32_t>(column.width))
                        : element;
}

void CheckMemory(const arrow::Status& status) {
  VFFN_CHECK(status.ok(), "the rows of a trace: ", status.ToString());
}

/// Calls visit(node, layer) for every row of a doc; the layer is -1 for a node without decisions.
template <class Visit>
void ForEachRow(const DocTrace& doc, int64_t layers, Visit&& visit) {
  for (int64_t node = 0; node < doc.nodes(); ++node) {
    const bool decided = node < doc.nodes_run && layers > 0;
    for (int64_t layer = decided ? 0 : -1; layer < (decided ? layers : 0); ++layer) {
      visit(node, layer);
    }
  }
}

/// [rows, columns, width] -> [columns, rows, width].
template <class T>
void Transpose(std::vector<T>& values, int64_t rows, int64_t columns, int64_t width) {
  std::vector<T> turned(values.size());
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      std::copy_n(&values[(r * columns + c) * width], width, &turned[(c * rows + r) * width]);
    }
  }
  values = std::move(turned);
}

/// The array of a column in a batch; null if it was not read.
template <class Array>
const Array* Find(const arrow::RecordBatch& batch, const char* name) {
  return static_cast<const Array*>(batch.GetColumnByName(name).get());  // the batch keeps it
}

}  // namespace

std::shared_ptr<arrow::Schema> TraceSchema(const TraceShape& shape) {
  arrow::FieldVector fields;
  const auto add = [&](const char* name, std::shared_ptr<arrow::DataType> type, bool nullable) {
    fields.push_back(arrow::field(name, std::move(type), nullable));
  };
  add("task", arrow::utf8(), false);
  add("doc_id", arrow::int64(), false);
  add("node", arrow::int32(), false);
  VisitNodeColumns([&]<class T>(const NodeColumn<T>& column) {
    if (column.IsIn(shape)) {
      add(column.name, arrow::TypeTraits<StoredType<T>>::type_singleton(), kIsOptional<T>);
    }
  });
  add("layer", arrow::int16(), false);
  VisitLayerColumns(shape, [&](const auto& column) {
    if (IsInFile(column)) {
      add(column.name, TypeOf(column), !column.zero_if_missing);
    }
  });
  return arrow::schema(std::move(fields));
}

std::shared_ptr<arrow::Schema> WithNewNames(const arrow::Schema& schema) {
  constexpr TraceShape kEveryColumn = {};
  arrow::FieldVector fields = schema.fields();
  VisitLayerColumns(kEveryColumn, [&](const auto& column) {
    for (std::shared_ptr<arrow::Field>& field : fields) {
      if (column.old_name != nullptr && field->name() == column.old_name) {
        field = field->WithName(column.name);
      }
    }
  });
  return arrow::schema(std::move(fields));
}

std::shared_ptr<arrow::RecordBatch> WithNewNames(const arrow::RecordBatch& batch) {
  return arrow::RecordBatch::Make(WithNewNames(*batch.schema()), batch.num_rows(), batch.columns());
}

std::vector<std::string> ColumnNames(const TraceShape& shape, const TraceColumns& columns) {
  std::set<std::string> unwanted;
  const auto look = [&](const auto& column) {
    if (column.wanted != nullptr && !(columns.*column.wanted)) {
      unwanted.insert(column.name);
    }
  };
  VisitNodeColumns(look);
  VisitLayerColumns(shape, look);
  std::vector<std::string> names = TraceSchema(shape)->field_names();
  std::erase_if(names, [&](const std::string& name) { return unwanted.contains(name); });
  return names;
}

/// A column being collected.
class TraceRows::ColumnWriter {
 public:
  virtual ~ColumnWriter() = default;
  virtual void Append(const DocTrace& doc, int64_t layers) = 0;
  virtual arrow::ArrayBuilder& builder() = 0;
};

/// One value per row: value_of(doc, node, layer), an optional where it may be null.
template <class Type, class ValueOf>
class TraceRows::ValueWriter : public ColumnWriter {
 public:
  explicit ValueWriter(ValueOf value_of) : value_of_(std::move(value_of)) {}

  void Append(const DocTrace& doc, int64_t layers) override {
    ForEachRow(doc, layers, [&](int64_t node, int64_t layer) {
      const auto& value = value_of_(doc, node, layer);
      if constexpr (requires { value.has_value(); }) {
        CheckMemory(value ? builder_.Append(*value) : builder_.AppendNull());
      } else {
        CheckMemory(builder_.Append(value));
      }
    });
  }
  arrow::ArrayBuilder& builder() override { return builder_; }

 private:
  ValueOf value_of_;
  typename arrow::TypeTraits<Type>::BuilderType builder_;
};

/// A list of fixed length per row; null for a node without decisions.
template <class T>
class TraceRows::ListWriter : public ColumnWriter {
 public:
  explicit ListWriter(const LayerColumn<T>& column)
      : column_(column), lists_(arrow::default_memory_pool(), values_, TypeOf(column)) {}

  void Append(const DocTrace& doc, int64_t layers) override {
    ForEachRow(doc, layers, [&](int64_t node, int64_t layer) {
      CheckMemory(layer < 0 ? lists_.AppendNull() : lists_.Append());
      if (layer >= 0) {
        const int64_t first = (layer * doc.nodes_run + node) * column_.width;
        CheckMemory(values_->AppendValues(&(doc.*column_.values)[first], column_.width));
      }
    });
  }
  arrow::ArrayBuilder& builder() override { return lists_; }

 private:
  using Builder = typename arrow::TypeTraits<StoredType<T>>::BuilderType;

  LayerColumn<T> column_;
  std::shared_ptr<Builder> values_ = std::make_shared<Builder>();
  arrow::FixedSizeListBuilder lists_;
};

template <class Type, class ValueOf>
void TraceRows::AddValues(ValueOf value_of) {
  columns_.push_back(std::make_unique<ValueWriter<Type, ValueOf>>(std::move(value_of)));
}

TraceRows::TraceRows(const TraceShape& shape, TraceWriter::TokenBytes token_bytes, FromDoc from_doc)
    : shape_(shape), token_bytes_(std::move(token_bytes)), from_doc_(std::move(from_doc)) {
  AddValues<arrow::StringType>(
      [](const DocTrace& doc, int64_t, int64_t) -> const std::string& { return doc.task; });
  AddValues<arrow::Int64Type>([](const DocTrace& doc, int64_t, int64_t) { return doc.doc_id; });
  AddValues<arrow::Int32Type>(
      [](const DocTrace&, int64_t node, int64_t) { return static_cast<int32_t>(node); });
  VisitNodeColumns([&]<class T>(const NodeColumn<T>& column) {
    if (!column.IsIn(shape)) {
      return;
    }
    if constexpr (std::is_same_v<T, std::string>) {
      AddValues<StoredType<T>>([this](const DocTrace& doc, int64_t node, int64_t) -> const std::string& {
        return Piece(doc, node);
      });
    } else if constexpr (std::is_same_v<T, std::optional<bool>>) {
      AddValues<StoredType<T>>(
          [this](const DocTrace&, int64_t node, int64_t) { return origins_.empty() ? T() : origins_[node]; });
    } else {
      AddValues<StoredType<T>>([column](const DocTrace& doc, int64_t node, int64_t) {
        return (doc.*column.values).empty() ? T() : (doc.*column.values)[node];
      });
    }
  });
  AddValues<arrow::Int16Type>(
      [](const DocTrace&, int64_t, int64_t layer) { return static_cast<int16_t>(layer); });
  VisitLayerColumns(shape, [&]<class T>(const LayerColumn<T>& column) {
    if (!IsInFile(column)) {
      return;
    }
    if (column.is_list) {
      if constexpr (!kIsOptional<T>) {  // there are no lists of values that may be absent
        columns_.push_back(std::make_unique<ListWriter<T>>(column));
      }
      return;
    }
    AddValues<StoredType<T>>([column](const DocTrace& doc, int64_t node, int64_t layer) {
      using Value = std::conditional_t<kIsOptional<T>, T, std::optional<T>>;
      if (layer < 0 || column.width == 0) {
        return column.zero_if_missing ? Value(0) : Value();
      }
      return Value((doc.*column.values)[layer * doc.nodes_run + node]);
    });
  });
}

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

void TraceRows::Append(const DocTrace& doc) {
  origins_ = doc.from_doc.empty() && from_doc_ && shape_.from_doc ? from_doc_(doc) : doc.from_doc;
  for (const std::unique_ptr<ColumnWriter>& column : columns_) {
    column->Append(doc, shape_.layers);
  }
  size_ = columns_.front()->builder().length();
}

std::shared_ptr<arrow::Table> TraceRows::Take() {
  arrow::ArrayVector arrays;
  for (const std::unique_ptr<ColumnWriter>& column : columns_) {
    auto array = column->builder().Finish();
    CheckMemory(array.status());
    arrays.push_back(*array);
  }
  return arrow::Table::Make(TraceSchema(shape_), arrays, std::exchange(size_, 0));
}

/// A column of the batches being read.
class DocAssembler::ColumnReader {
 public:
  virtual ~ColumnReader() = default;
  virtual void Bind(const arrow::RecordBatch& batch) = 0;
  virtual void AddNode(int64_t, DocTrace&) const {}
  /// Throws Error, beginning with `origin`, if there is no value.
  virtual void AddLayer(int64_t, DocTrace&, const std::string& /*origin*/) const {}
  virtual void Finish(DocTrace&, int64_t /*layers*/) const {}
};

template <class T>
class DocAssembler::NodeReader : public ColumnReader {
 public:
  explicit NodeReader(const NodeColumn<T>& column) : column_(column) {}

  void Bind(const arrow::RecordBatch& batch) override { array_ = Find<Array>(batch, column_.name); }

  void AddNode(int64_t row, DocTrace& doc) const override {
    if (array_ == nullptr) {
      return;
    }
    if constexpr (kIsOptional<T>) {
      (doc.*column_.values).push_back(array_->IsNull(row) ? T() : T(array_->Value(row)));
    } else {
      (doc.*column_.values).push_back(T(array_->GetView(row)));
    }
  }

 private:
  using Array = typename arrow::TypeTraits<StoredType<T>>::ArrayType;

  NodeColumn<T> column_;
  const Array* array_ = nullptr;
};

template <class T>
class DocAssembler::LayerReader : public ColumnReader {
 public:
  explicit LayerReader(const LayerColumn<T>& column) : column_(column) {}

  void Bind(const arrow::RecordBatch& batch) override {
    column_array_ = Find<arrow::Array>(batch, column_.name);
    const arrow::Array* values = column_array_;
    if (values != nullptr && column_.is_list) {
      values = static_cast<const arrow::FixedSizeListArray*>(values)->values().get();
    }
    values_ = static_cast<const Array*>(values);
  }

  void AddLayer(int64_t row, DocTrace& doc, const std::string& origin) const override {
    if (column_array_ == nullptr || column_.width == 0) {
      return;
    }
    std::vector<T>& to = doc.*column_.values;
    if constexpr (kIsOptional<T>) {
      to.push_back(values_->IsNull(row) ? T() : T(values_->Value(row)));
    } else {
      VFFN_CHECK(!column_array_->IsNull(row), origin, ": ", doc.task, " doc ", doc.doc_id, ", node ",
                 doc.nodes() - 1, " has a layer without ", column_.name);
      const int64_t first =
          column_.is_list ? static_cast<const arrow::FixedSizeListArray*>(column_array_)->value_offset(row)
                          : row;
      for (int64_t i = 0; i < column_.width; ++i) {
        to.push_back(values_->Value(first + i));
      }
    }
  }

  void Finish(DocTrace& doc, int64_t layers) const override {
    if (!(doc.*column_.values).empty()) {
      Transpose(doc.*column_.values, doc.nodes_run, layers, column_.width);
    }
  }

 private:
  using Array = typename arrow::TypeTraits<StoredType<T>>::ArrayType;

  LayerColumn<T> column_;
  const arrow::Array* column_array_ = nullptr;
  const Array* values_ = nullptr;
};

DocAssembler::DocAssembler(const TraceShape& shape, std::string origin, Visit visit)
    : shape_(shape), origin_(std::move(origin)), visit_(std::move(visit)) {
  VisitNodeColumns([&]<class T>(const NodeColumn<T>& column) {
    columns_.push_back(std::make_unique<NodeReader<T>>(column));
  });
  VisitLayerColumns(shape, [&]<class T>(const LayerColumn<T>& column) {
    columns_.push_back(std::make_unique<LayerReader<T>>(column));
  });
}

DocAssembler::~DocAssembler() = default;

void DocAssembler::Add(const arrow::RecordBatch& batch) {
  const auto* tasks = Find<arrow::StringArray>(batch, "task");
  const auto* doc_ids = Find<arrow::Int64Array>(batch, "doc_id");
  const auto* nodes = Find<arrow::Int32Array>(batch, "node");
  const auto* layers = Find<arrow::Int16Array>(batch, "layer");
  const auto* readers = Find<arrow::Int32Array>(batch, "weight");
  for (const std::unique_ptr<ColumnReader>& column : columns_) {
    column->Bind(batch);
  }
  for (int64_t row = 0; row < batch.num_rows(); ++row) {
    if (doc_.nodes() == 0 || doc_ids->Value(row) != doc_.doc_id || tasks->GetView(row) != doc_.task) {
      End();
      doc_ = {.task = std::string(tasks->GetView(row)), .doc_id = doc_ids->Value(row)};
    }
    const int32_t node = nodes->Value(row);
    const int16_t layer = layers->Value(row);
    const bool ran = readers->Value(row) > 0;
    const bool is_new = next_layer_ < 0;
    const int64_t expected_node = doc_.nodes() - (is_new ? 0 : 1);
    const int64_t expected_layer = is_new ? (ran && shape_.layers > 0 ? 0 : -1) : next_layer_;
    VFFN_CHECK(node == expected_node && layer == expected_layer, origin_, ": ", doc_.task, " doc ",
               doc_.doc_id, ": a row of node ", node, ", layer ", layer, " where node ", expected_node,
               ", layer ", expected_layer, " should come: rows are missing or out of order");
    if (is_new) {
      doc_.nodes_run += ran ? 1 : 0;
      for (const std::unique_ptr<ColumnReader>& column : columns_) {
        column->AddNode(row, doc_);
      }
    }
    if (layer >= 0) {
      for (const std::unique_ptr<ColumnReader>& column : columns_) {
        column->AddLayer(row, doc_, origin_);
      }
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
  for (const std::unique_ptr<ColumnReader>& column : columns_) {
    column->Finish(doc_, shape_.layers);
  }
  Validate(doc_, shape_, origin_);
  visit_(doc_);
}

void DocAssembler::Finish() {
  End();
  doc_ = {};
}

}  // namespace vffn
