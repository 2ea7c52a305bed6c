#include "trace/trace_writer.h"

#include <arrow/io/interfaces.h>
#include <arrow/util/compression.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <mutex>

#include "base/append_file.h"
#include "base/atomic_file.h"
#include "base/json.h"
#include "base/valid_utf8.h"
#include "trace/arrow_status.h"
#include "trace/trace_columns.h"
#include "trace/trace_reader.h"
#include "trace/trace_rows.h"

namespace vffn {
namespace {

/// An AtomicFile as an output stream of Arrow.
class AtomicStream : public arrow::io::OutputStream {
 public:
  explicit AtomicStream(const std::filesystem::path& path) : file_(path) {}

  arrow::Status Write(const void* data, int64_t size) override {
    if (abandoned_) {
      return arrow::Status::OK();
    }
    try {
      file_.Write({static_cast<const char*>(data), static_cast<size_t>(size)});
    } catch (const Error& error) {
      return arrow::Status::IOError(error.what());
    }
    position_ += size;
    return arrow::Status::OK();
  }
  using Writable::Write;

  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }

  int64_t position() const { return position_; }
  void Finish() { file_.Finish(); }
  void Abandon() { abandoned_ = true; }  // drops what a writer writes while it is destroyed

 private:
  AtomicFile file_;
  int64_t position_ = 0;
  bool closed_ = false;
  bool abandoned_ = false;
};

std::string PartName(int number) {
  const std::string digits = std::to_string(number);
  return "part-" + std::string(5 - std::min<size_t>(5, digits.size()), '0') + digits + ".parquet";
}

std::shared_ptr<parquet::WriterProperties> PartProperties() {
  parquet::WriterProperties::Builder builder;
  builder.compression(arrow::util::Codec::IsAvailable(arrow::Compression::ZSTD)
                          ? parquet::Compression::ZSTD
                          : parquet::Compression::SNAPPY);
  builder.enable_page_checksum();
  const auto split_bytes = [&](const std::string& name) {
    builder.disable_dictionary(name);
    builder.encoding(name, parquet::Encoding::BYTE_STREAM_SPLIT);
  };
  VisitNodeColumns([&](const auto& column) {
    if (column.is_continuous) {
      split_bytes(column.name);
    }
  });
  VisitLayerColumns({}, [&](const auto& column) {
    if (column.is_continuous) {
      split_bytes(std::string(column.name) + (column.is_list ? ".list.element" : ""));
    }
  });
  return builder.build();
}

/// A part being written; removed if it is not finished.
class PartWriter {
 public:
  PartWriter(const std::filesystem::path& path, const TraceHeader& header)
      : path_(path), stream_(std::make_shared<AtomicStream>(path)) {
    parquet::ArrowWriterProperties::Builder arrow_properties;
    arrow_properties.store_schema();
    writer_ =
        TakeArrow(parquet::arrow::FileWriter::Open(*TraceSchema(header.shape), arrow::default_memory_pool(),
                                                   stream_, PartProperties(), arrow_properties.build()),
                  path);
    AddMetadata(kTraceKey, DumpJson(ToJson(header)));
  }
  ~PartWriter() {
    stream_->Abandon();
    writer_.reset();
  }

  void WriteGroup(const std::shared_ptr<arrow::Table>& rows) {
    CheckArrow(writer_->WriteTable(*rows, rows->num_rows()), path_);
  }

  int64_t bytes() const { return stream_->position(); }

  void Finish(const TracedDocs& docs) {
    AddMetadata(kDocsKey, OrderedJson(docs).dump());
    CheckArrow(writer_->Close(), path_);
    stream_->Finish();
  }

 private:
  void AddMetadata(const char* key, const std::string& value) {
    CheckArrow(writer_->AddKeyValueMetadata(arrow::key_value_metadata({key}, {value})), path_);
  }

  std::filesystem::path path_;
  std::shared_ptr<AtomicStream> stream_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

/// The folder, locked.
std::unique_ptr<AppendFile> LockFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  VFFN_CHECK(
      !error && std::filesystem::is_directory(folder), folder.string(),
      ": cannot be made; a trace is a folder: ", error ? error.message() : "there is a file of that name");
  return std::make_unique<AppendFile>(folder / ".lock");
}

}  // namespace

class TraceWriter::Impl {
 public:
  Impl(const std::filesystem::path& folder, TraceHeader header, TokenBytes token_bytes,
       TraceWriterOptions options)
      : folder_(folder),
        header_(std::move(header)),
        options_(options),
        lock_(LockFolder(folder)),
        rows_(header_.shape, std::move(token_bytes), options.from_doc) {
    RemoveUnfinished();
    while (std::filesystem::exists(folder_ / PartName(next_part_))) {
      ++next_part_;
    }
    if (next_part_ > 0) {
      VFFN_CHECK(options.mode == TraceMode::kResume, folder.string(),
                 ": there is a trace already; remove it, give another folder, or continue it (--resume)");
      const TraceReader before(folder);
      CheckSameTrace(header_, "this run", before.header(), folder.string());
      docs_ = before.docs();
    }
  }

  const TraceShape& shape() const { return header_.shape; }

  bool Has(const std::string& task, int64_t doc_id) const {
    const std::lock_guard lock(mutex_);
    return Holds(task, doc_id);
  }

  void Write(const DocTrace& doc) {
    Validate(doc, header_.shape, "a trace");
    CheckComplete(doc);
    const std::lock_guard lock(mutex_);
    VFFN_CHECK(!closed_, folder_.string(), ": the trace is finished, or an earlier write failed");
    if (Holds(doc.task, doc.doc_id)) {
      return;
    }
    Guarded([&] {
      rows_.Append(doc);
      docs_[doc.task].insert(doc.doc_id);
      docs_of_part_[doc.task].insert(doc.doc_id);
      if (rows_.size() >= options_.rows_in_group) {
        WriteGroup();
        if (part_->bytes() >= options_.bytes_in_part) {
          FinishPart();
        }
      }
    });
  }

  void Finish() {
    const std::lock_guard lock(mutex_);
    if (!closed_) {
      EndPartLocked();
      closed_ = true;
    }
  }

  void EndPart() {
    const std::lock_guard lock(mutex_);
    VFFN_CHECK(!closed_, folder_.string(), ": the trace is finished, or an earlier write failed");
    EndPartLocked();
  }

 private:
  void EndPartLocked() {
    Guarded([&] {
      if (rows_.size() > 0) {
        WriteGroup();
      }
      if (part_) {
        FinishPart();
      }
    });
  }

  bool Holds(const std::string& task, int64_t doc_id) const {
    const auto found = docs_.find(task);
    return found != docs_.end() && found->second.contains(doc_id);
  }

  /// Validate allows fields to be empty; a writer needs them all.
  void CheckComplete(const DocTrace& doc) const {
    const int64_t pairs = header_.shape.layers * doc.nodes_run;
    VisitLayerColumns(header_.shape, [&](const auto& column) {
      VFFN_CHECK(static_cast<int64_t>((doc.*column.values).size()) == pairs * column.width,
                 "a trace: ", doc.task, " doc ", doc.doc_id, ": ", column.name, " is missing");
    });
  }

  /// After a failure nothing more is written: the part, not finished, goes.
  template <class Body>
  void Guarded(Body&& body) {
    try {
      WithArrowErrors(folder_, body);
    } catch (...) {
      closed_ = true;
      part_.reset();
      throw;
    }
  }

  void WriteGroup() {
    if (!part_) {
      part_ = std::make_unique<PartWriter>(folder_ / PartName(next_part_), header_);
    }
    part_->WriteGroup(rows_.Take());
  }

  void FinishPart() {
    part_->Finish(docs_of_part_);
    part_.reset();
    docs_of_part_.clear();
    ++next_part_;
  }

  /// Removes the unfinished part of a killed process.
  void RemoveUnfinished() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(".part-") && name.ends_with(".tmp")) {
        std::filesystem::remove(entry.path());
      }
    }
  }

  std::filesystem::path folder_;
  TraceHeader header_;
  TraceWriterOptions options_;
  std::unique_ptr<AppendFile> lock_;
  mutable std::mutex mutex_;
  TracedDocs docs_, docs_of_part_;
  TraceRows rows_;
  std::unique_ptr<PartWriter> part_;
  int next_part_ = 0;
  bool closed_ = false;
};

TraceWriter::TraceWriter(const std::filesystem::path& folder, TraceHeader header, TokenBytes token_bytes,
                         TraceWriterOptions options)
    : impl_(std::make_unique<Impl>(folder, std::move(header), std::move(token_bytes), options)) {}
TraceWriter::~TraceWriter() = default;
const TraceShape& TraceWriter::shape() const { return impl_->shape(); }
bool TraceWriter::Has(const std::string& task, int64_t doc_id) const { return impl_->Has(task, doc_id); }
void TraceWriter::Write(const DocTrace& doc) { impl_->Write(doc); }
void TraceWriter::EndPart() { impl_->EndPart(); }
void TraceWriter::Finish() { impl_->Finish(); }

}  // namespace vffn
