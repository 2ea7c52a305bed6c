#include "tokens/parquet_documents.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/near_names.h"
#include "base/sha256.h"

namespace vffn {
namespace {

constexpr int64_t kRowsAtOnce = 1024;

/// The value of a column in one row, as text.
std::string_view ValueOf(const arrow::Array& array, int64_t row, std::string& buffer) {
  const auto integer = [&](auto value) {
    buffer = std::to_string(value);
    return std::string_view(buffer);
  };
  switch (array.type_id()) {
    case arrow::Type::STRING:
      return static_cast<const arrow::StringArray&>(array).GetView(row);
    case arrow::Type::LARGE_STRING:
      return static_cast<const arrow::LargeStringArray&>(array).GetView(row);
    case arrow::Type::INT8:
      return integer(static_cast<const arrow::Int8Array&>(array).Value(row));
    case arrow::Type::INT16:
      return integer(static_cast<const arrow::Int16Array&>(array).Value(row));
    case arrow::Type::INT32:
      return integer(static_cast<const arrow::Int32Array&>(array).Value(row));
    case arrow::Type::INT64:
      return integer(static_cast<const arrow::Int64Array&>(array).Value(row));
    case arrow::Type::UINT8:
      return integer(static_cast<const arrow::UInt8Array&>(array).Value(row));
    case arrow::Type::UINT16:
      return integer(static_cast<const arrow::UInt16Array&>(array).Value(row));
    case arrow::Type::UINT32:
      return integer(static_cast<const arrow::UInt32Array&>(array).Value(row));
    default:
      return integer(static_cast<const arrow::UInt64Array&>(array).Value(row));
  }
}

bool IsText(const arrow::DataType& type) {
  return type.id() == arrow::Type::STRING || type.id() == arrow::Type::LARGE_STRING;
}

class ParquetReader : public InputReader {
 public:
  ParquetReader(const InputFile& file, const SourceOptions& options)
      : path_(file.path), file_bytes_(file.bytes), chunk_bytes_(static_cast<size_t>(options.chunk_bytes)) {
    Translated([&] {
      parquet::ReaderProperties properties(arrow::default_memory_pool());
      properties.set_page_checksum_verification(true);
      properties.enable_buffered_stream();
      parquet::arrow::FileReaderBuilder builder;
      Check(builder.OpenFile(path_, /*memory_map=*/true, properties));
      parquet::ArrowReaderProperties arrow_properties(/*use_threads=*/false);
      arrow_properties.set_batch_size(kRowsAtOnce);
      arrow_properties.set_pre_buffer(false);
      reader_ = Take(builder.properties(arrow_properties)->Build());
      total_rows_ = reader_->parquet_reader()->metadata()->num_rows();
      std::vector<int> columns = {ColumnOf(options.text_field, "--text_field")};
      if (!options.id_field.empty() && options.id_field != options.text_field) {
        columns.push_back(ColumnOf(options.id_field, "--id_field"));
      }
      std::vector<int> groups(static_cast<size_t>(reader_->num_row_groups()));
      for (size_t i = 0; i < groups.size(); ++i) {
        groups[i] = static_cast<int>(i);
      }
      batches_ = Take(reader_->GetRecordBatchReader(groups, columns));
      text_ = FieldOf(options.text_field, "--text_field");
      id_ = options.id_field.empty() ? -1 : FieldOf(options.id_field, "--id_field");
      CheckTypes(options);
    });
  }

  bool Next(InputChunk& chunk) override {
    chunk = InputChunk();
    chunk.first_location = row_ + 1;
    Translated([&] {
      while (chunk.bytes.size() < chunk_bytes_) {
        std::shared_ptr<arrow::RecordBatch> batch;
        Check(batches_->ReadNext(&batch));
        if (batch == nullptr) {
          break;
        }
        Append(*batch, chunk);
      }
    });
    if (chunk.rows.empty()) {
      VFFN_CHECK(row_ == total_rows_, path_, ": damaged: ", row_, " rows, but its footer says ", total_rows_);
    }
    return !chunk.rows.empty();
  }

  int64_t bytes_read() const override {
    return total_rows_ == 0
               ? file_bytes_
               : static_cast<int64_t>(static_cast<double>(file_bytes_) * static_cast<double>(row_) /
                                      static_cast<double>(total_rows_));
  }

  std::string Hash() override {
    const MappedFile file{std::filesystem::path(path_)};
    Sha256 hash;
    hash.Update(file.bytes());
    return hash.Hex();
  }

 private:
  void Check(const arrow::Status& status) const {
    VFFN_CHECK(status.ok(), path_, ": damaged, or not a Parquet file: ", status.ToString());
  }

  template <class T>
  T Take(arrow::Result<T> result) const {
    Check(result.status());
    return std::move(result).ValueUnsafe();
  }

  template <class Function>
  void Translated(Function&& function) const {
    try {
      function();
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      Fail(path_, ": damaged: ", error.what());
    }
  }

  int ColumnOf(const std::string& name, const char* option) const {
    const parquet::SchemaDescriptor* schema = reader_->parquet_reader()->metadata()->schema();
    const int column = schema->ColumnIndex(name);
    if (column < 0) {
      std::vector<std::string> names;
      for (int i = 0; i < schema->num_columns(); ++i) {
        names.push_back(schema->Column(i)->path()->ToDotString());
      }
      Fail(path_, ": there is no column \"", name, "\"", DidYouMeanOneOf(name, names, "the columns are"),
           "; name the column with ", option);
    }
    return column;
  }

  int FieldOf(const std::string& name, const char* option) const {
    const int field = batches_->schema()->GetFieldIndex(name);
    VFFN_CHECK(field >= 0, path_, ": the column \"", name, "\" is part of another; ", option,
               " must name a whole column");
    return field;
  }

  void CheckTypes(const SourceOptions& options) const {
    const arrow::DataType& text = *batches_->schema()->field(text_)->type();
    VFFN_CHECK(IsText(text), path_, ": the column \"", options.text_field, "\" has the type ",
               text.ToString(), "; the text must be strings");
    if (id_ >= 0) {
      const arrow::DataType& id = *batches_->schema()->field(id_)->type();
      VFFN_CHECK(IsText(id) || arrow::is_integer(id.id()), path_, ": the column \"", options.id_field,
                 "\" has the type ", id.ToString(), "; identifiers must be strings or integers");
    }
  }

  void Append(const arrow::RecordBatch& batch, InputChunk& chunk) {
    Check(batch.ValidateFull());
    const auto& text = *batch.column(text_);
    const arrow::Array* id = id_ < 0 ? nullptr : batch.column(id_).get();
    std::string buffer;
    for (int64_t i = 0; i < batch.num_rows(); ++i) {
      ++row_;
      VFFN_CHECK(!text.IsNull(i), path_, ": row ", row_, ": the text is null; remove such rows first");
      VFFN_CHECK(id == nullptr || !id->IsNull(i), path_, ": row ", row_,
                 ": the identifier is null; give --id_field '' to number the documents");
      InputChunk::Row row;
      row.text_begin = chunk.bytes.size();
      chunk.bytes.append(ValueOf(text, i, buffer));
      row.text_end = chunk.bytes.size();
      if (id != nullptr) {
        chunk.bytes.append(ValueOf(*id, i, buffer));
      }
      row.id_end = chunk.bytes.size();
      chunk.rows.push_back(row);
    }
  }

  std::string path_;
  int64_t file_bytes_;
  size_t chunk_bytes_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::shared_ptr<arrow::RecordBatchReader> batches_;
  int text_ = 0, id_ = -1;
  int64_t row_ = 0, total_rows_ = 0;
};

}  // namespace

std::unique_ptr<InputReader> OpenParquetDocuments(const InputFile& file, const SourceOptions& options) {
  return std::make_unique<ParquetReader>(file, options);
}

}  // namespace vffn
