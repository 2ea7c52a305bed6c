#include "tasks/arrow_file.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <parquet/arrow/reader.h>
#include <parquet/properties.h>

#include <set>
#include <string>
#include <string_view>

#include "base/error.h"

namespace vffn {
namespace {

// A damaged file may ask for any amount of memory.
constexpr int64_t kMaxMemory = int64_t{4} << 30;

// Ends every complete stream: a continuation mark and a length of zero.
constexpr std::string_view kEndOfStream("\xff\xff\xff\xff\0\0\0\0", 8);

void CheckStatus(const arrow::Status& status, const std::filesystem::path& path) {
  VFFN_CHECK(status.ok(), path.string(), ": damaged, or not what its name says: ", status.ToString());
}

template <class T>
T Take(arrow::Result<T> result, const std::filesystem::path& path) {
  CheckStatus(result.status(), path);
  return std::move(result).ValueUnsafe();
}

/// Throws Error unless ToJson can read the type.
void CheckType(const arrow::DataType& type, const std::string& column, const std::filesystem::path& path) {
  switch (type.id()) {
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::UINT32:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::BOOL:
      return;
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::STRUCT:
      for (const auto& field : type.fields()) {
        CheckType(*field->type(), column + "." + field->name(), path);
      }
      return;
    default:
      Fail(path.string(), ": column \"", column, "\" has the type ", type.ToString(),
           ", which vffn does not read; leave the column out or write the records as JSONL");
  }
}

Json ToJson(const arrow::Array& array, int64_t row);

template <class List>
Json ListToJson(const arrow::Array& array, int64_t row) {
  const auto& list = static_cast<const List&>(array);
  Json values = Json::array();
  for (int64_t i = list.value_offset(row); i < list.value_offset(row) + list.value_length(row); ++i) {
    values.push_back(ToJson(*list.values(), i));
  }
  return values;
}

Json StructToJson(const arrow::Array& array, int64_t row) {
  const auto& fields = static_cast<const arrow::StructArray&>(array);
  Json object = Json::object();
  for (int i = 0; i < fields.num_fields(); ++i) {
    object[array.type()->field(i)->name()] = ToJson(*fields.field(i), row);
  }
  return object;
}

template <class Array>
auto Value(const arrow::Array& array, int64_t row) {
  return static_cast<const Array&>(array).GetView(row);
}

/// One element of an array that has been validated and whose type has been checked.
Json ToJson(const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) {
    return nullptr;
  }
  switch (array.type_id()) {
    case arrow::Type::STRING:
      return std::string(Value<arrow::StringArray>(array, row));
    case arrow::Type::LARGE_STRING:
      return std::string(Value<arrow::LargeStringArray>(array, row));
    case arrow::Type::INT8:
      return Value<arrow::Int8Array>(array, row);
    case arrow::Type::INT16:
      return Value<arrow::Int16Array>(array, row);
    case arrow::Type::INT32:
      return Value<arrow::Int32Array>(array, row);
    case arrow::Type::INT64:
      return Value<arrow::Int64Array>(array, row);
    case arrow::Type::UINT8:
      return Value<arrow::UInt8Array>(array, row);
    case arrow::Type::UINT16:
      return Value<arrow::UInt16Array>(array, row);
    case arrow::Type::UINT32:
      return Value<arrow::UInt32Array>(array, row);
    case arrow::Type::FLOAT:
      return Value<arrow::FloatArray>(array, row);
    case arrow::Type::DOUBLE:
      return Value<arrow::DoubleArray>(array, row);
    case arrow::Type::BOOL:
      return Value<arrow::BooleanArray>(array, row);
    case arrow::Type::LIST:
      return ListToJson<arrow::ListArray>(array, row);
    case arrow::Type::LARGE_LIST:
      return ListToJson<arrow::LargeListArray>(array, row);
    default:
      return StructToJson(array, row);
  }
}

void CheckSchema(const arrow::Schema& schema, const std::filesystem::path& path) {
  VFFN_CHECK(schema.num_fields() > 0, path.string(), ": has no columns");
  std::set<std::string> names;
  for (const auto& field : schema.fields()) {
    VFFN_CHECK(names.insert(field->name()).second, path.string(), ": has two columns named \"", field->name(),
               "\"");
    CheckType(*field->type(), field->name(), path);
  }
}

void GiveRows(const arrow::RecordBatch& batch, const std::filesystem::path& path, const RowSink& sink) {
  CheckStatus(batch.ValidateFull(), path);
  for (int64_t row = 0; row < batch.num_rows(); ++row) {
    Json record = Json::object();
    for (int i = 0; i < batch.num_columns(); ++i) {
      record[batch.column_name(i)] = ToJson(*batch.column(i), row);
    }
    sink(std::move(record));
  }
}

/// Throws Error unless `reader` stopped at an end-of-stream mark that is the end of the file: otherwise the
/// file has lost batches, or damage makes a batch look like the end.
void CheckEnd(arrow::io::MemoryMappedFile& file, const std::filesystem::path& path) {
  const int64_t size = Take(file.GetSize(), path);
  const int64_t mark = size - static_cast<int64_t>(kEndOfStream.size());
  const int64_t stopped = Take(file.Tell(), path);
  VFFN_CHECK(stopped == size && mark >= 0, path.string(), ": damaged: the stream ends at byte ", stopped,
             " of ", size);
  const auto tail = Take(file.ReadAt(mark, static_cast<int64_t>(kEndOfStream.size())), path);
  VFFN_CHECK(std::string_view(*tail) == kEndOfStream, path.string(),
             ": truncated: no end-of-stream mark at byte ", mark);
}

/// Runs `read`; what libarrow throws (out of memory, for one) becomes an Error.
template <class Function>
void WithErrors(const std::filesystem::path& path, Function&& read) {
  try {
    read();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    Fail(path.string(), ": damaged: ", error.what());
  }
}

}  // namespace

void ReadArrowStream(const std::filesystem::path& path, const RowSink& sink) {
  WithErrors(path, [&] {
    arrow::CappedMemoryPool pool(arrow::default_memory_pool(), kMaxMemory);
    const auto file = Take(arrow::io::MemoryMappedFile::Open(path.string(), arrow::io::FileMode::READ), path);
    auto options = arrow::ipc::IpcReadOptions::Defaults();
    options.memory_pool = &pool;
    options.use_threads = false;
    options.ensure_alignment = arrow::ipc::Alignment::kDataTypeSpecificAlignment;
    const auto reader = Take(arrow::ipc::RecordBatchStreamReader::Open(file, options), path);
    CheckSchema(*reader->schema(), path);
    for (std::shared_ptr<arrow::RecordBatch> batch;;) {
      CheckStatus(reader->ReadNext(&batch), path);
      if (batch == nullptr) {
        break;
      }
      GiveRows(*batch, path, sink);
    }
    CheckEnd(*file, path);
  });
}

void ReadParquet(const std::filesystem::path& path, const RowSink& sink) {
  WithErrors(path, [&] {
    arrow::CappedMemoryPool pool(arrow::default_memory_pool(), kMaxMemory);
    parquet::ReaderProperties properties(&pool);
    properties.set_page_checksum_verification(true);
    parquet::arrow::FileReaderBuilder builder;
    CheckStatus(builder.OpenFile(path.string(), /*memory_map=*/true, properties), path);
    const auto reader = Take(builder.memory_pool(&pool)->Build(), path);
    std::shared_ptr<arrow::Schema> schema;
    CheckStatus(reader->GetSchema(&schema), path);
    CheckSchema(*schema, path);
    const auto table = Take(reader->ReadTable(), path);
    arrow::TableBatchReader batches(*table);
    for (std::shared_ptr<arrow::RecordBatch> batch;;) {
      CheckStatus(batches.ReadNext(&batch), path);
      if (batch == nullptr) {
        break;
      }
      GiveRows(*batch, path, sink);
    }
  });
}

}  // namespace vffn
