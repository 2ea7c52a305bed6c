#include "tasks/arrow_file.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <parquet/arrow/reader.h>
#include <parquet/properties.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "text/utf8.h"

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

/// Whether ToJson can read values of the type. A struct can be read without some of its fields.
bool IsReadable(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::NA:
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
    case arrow::Type::FIXED_SIZE_BINARY:
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::UINT32:
    case arrow::Type::UINT64:
    case arrow::Type::HALF_FLOAT:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::BOOL:
      return true;
    case arrow::Type::STRUCT:
      return std::ranges::any_of(type.fields(), [](const auto& field) { return IsReadable(*field->type()); });
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::FIXED_SIZE_LIST:
    case arrow::Type::LIST_VIEW:
    case arrow::Type::LARGE_LIST_VIEW:
    case arrow::Type::MAP:
      return IsReadable(*type.field(0)->type());
    case arrow::Type::DICTIONARY:
      return IsReadable(*static_cast<const arrow::DictionaryType&>(type).value_type());
    default:
      return false;
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
    if (IsReadable(*array.type()->field(i)->type())) {
      object[array.type()->field(i)->name()] = ToJson(*fields.field(i), row);
    }
  }
  return object;
}

template <class Array>
auto Value(const arrow::Array& array, int64_t row) {
  return static_cast<const Array&>(array).GetView(row);
}

/// Null unless the bytes are a text.
template <class Array>
Json TextToJson(const arrow::Array& array, int64_t row) {
  const std::string_view bytes = Value<Array>(array, row);
  return FindInvalidUtf8(bytes) == std::string_view::npos ? Json(std::string(bytes)) : Json();
}

Json FloatToJson(double number) { return std::isfinite(number) ? Json(number) : Json(); }

/// The value of an IEEE half.
double HalfValue(uint16_t bits) {
  constexpr int kMantissaBits = 10, kBias = 15, kSpecial = 31;
  const int exponent = bits >> kMantissaBits & kSpecial;
  const int mantissa = bits & ((1 << kMantissaBits) - 1);
  if (exponent == kSpecial) {
    return NAN;  // or infinite: neither is kept
  }
  const double size = exponent == 0
                          ? std::ldexp(mantissa, 1 - kBias - kMantissaBits)
                          : std::ldexp(mantissa + (1 << kMantissaBits), exponent - kBias - kMantissaBits);
  return (bits & 0x8000) != 0 ? -size : size;
}

Json DictionaryToJson(const arrow::Array& array, int64_t row) {
  const auto& coded = static_cast<const arrow::DictionaryArray&>(array);
  return ToJson(*coded.dictionary(), coded.GetValueIndex(row));
}

/// One element of an array that has been validated and whose type is readable.
Json ToJson(const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) {
    return nullptr;
  }
  switch (array.type_id()) {
    case arrow::Type::STRING:
      return std::string(Value<arrow::StringArray>(array, row));
    case arrow::Type::LARGE_STRING:
      return std::string(Value<arrow::LargeStringArray>(array, row));
    case arrow::Type::STRING_VIEW:
      return std::string(Value<arrow::StringViewArray>(array, row));
    case arrow::Type::BINARY:
      return TextToJson<arrow::BinaryArray>(array, row);
    case arrow::Type::LARGE_BINARY:
      return TextToJson<arrow::LargeBinaryArray>(array, row);
    case arrow::Type::BINARY_VIEW:
      return TextToJson<arrow::BinaryViewArray>(array, row);
    case arrow::Type::FIXED_SIZE_BINARY:
      return TextToJson<arrow::FixedSizeBinaryArray>(array, row);
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
    case arrow::Type::UINT64:
      return Value<arrow::UInt64Array>(array, row);
    case arrow::Type::HALF_FLOAT:
      return FloatToJson(HalfValue(Value<arrow::HalfFloatArray>(array, row)));
    case arrow::Type::FLOAT:
      return FloatToJson(Value<arrow::FloatArray>(array, row));
    case arrow::Type::DOUBLE:
      return FloatToJson(Value<arrow::DoubleArray>(array, row));
    case arrow::Type::BOOL:
      return Value<arrow::BooleanArray>(array, row);
    case arrow::Type::LIST:
      return ListToJson<arrow::ListArray>(array, row);
    case arrow::Type::MAP:
      return ListToJson<arrow::MapArray>(array, row);
    case arrow::Type::LARGE_LIST:
      return ListToJson<arrow::LargeListArray>(array, row);
    case arrow::Type::FIXED_SIZE_LIST:
      return ListToJson<arrow::FixedSizeListArray>(array, row);
    case arrow::Type::LIST_VIEW:
      return ListToJson<arrow::ListViewArray>(array, row);
    case arrow::Type::LARGE_LIST_VIEW:
      return ListToJson<arrow::LargeListViewArray>(array, row);
    case arrow::Type::DICTIONARY:
      return DictionaryToJson(array, row);
    default:
      return StructToJson(array, row);
  }
}

/// Which columns of a file are read.
struct ReadColumns {
  std::vector<int> indices;
  std::string left_out;  // the others, as RowSink has them
};

ReadColumns ChooseColumns(const arrow::Schema& schema, const std::filesystem::path& path) {
  ReadColumns columns;
  std::set<std::string> names;
  for (int i = 0; i < schema.num_fields(); ++i) {
    const arrow::Field& field = *schema.field(i);
    VFFN_CHECK(names.insert(field.name()).second, path.string(), ": has two columns named \"", field.name(),
               "\"");
    if (IsReadable(*field.type())) {
      columns.indices.push_back(i);
    } else {
      columns.left_out.append(columns.left_out.empty() ? "" : ", ")
          .append(field.name() + " (" + field.type()->ToString() + ")");
    }
  }
  VFFN_CHECK(!columns.indices.empty(), path.string(), ": has no column that vffn reads",
             columns.left_out.empty() ? "" : ", but ", columns.left_out);
  return columns;
}

void GiveRows(const arrow::RecordBatch& batch, const ReadColumns& columns, const std::filesystem::path& path,
              const RowSink& sink) {
  const auto chosen = Take(batch.SelectColumns(columns.indices), path);
  CheckStatus(chosen->ValidateFull(), path);
  for (int64_t row = 0; row < chosen->num_rows(); ++row) {
    Json record = Json::object();
    for (int i = 0; i < chosen->num_columns(); ++i) {
      record[chosen->column_name(i)] = ToJson(*chosen->column(i), row);
    }
    sink(std::move(record), columns.left_out);
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
    const ReadColumns columns = ChooseColumns(*reader->schema(), path);
    for (std::shared_ptr<arrow::RecordBatch> batch;;) {
      CheckStatus(reader->ReadNext(&batch), path);
      if (batch == nullptr) {
        break;
      }
      GiveRows(*batch, columns, path, sink);
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
    const ReadColumns columns = ChooseColumns(*schema, path);
    const auto table = Take(reader->ReadTable(), path);
    arrow::TableBatchReader batches(*table);
    for (std::shared_ptr<arrow::RecordBatch> batch;;) {
      CheckStatus(batches.ReadNext(&batch), path);
      if (batch == nullptr) {
        break;
      }
      GiveRows(*batch, columns, path, sink);
    }
  });
}

}  // namespace vffn
