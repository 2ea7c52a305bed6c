#include "trace/trace_reader.h"

#include <arrow/io/file.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>

#include "base/fields.h"
#include "base/json.h"
#include "trace/arrow_status.h"
#include "trace/trace_rows.h"

namespace vffn {
namespace {

constexpr int64_t kRowsAtOnce = 1 << 14;

/// A finished file of rows.
class PartReader {
 public:
  explicit PartReader(const std::filesystem::path& path) : path_(path) {
    const auto reader = Open();
    const auto& metadata = *reader->parquet_reader()->metadata();
    rows_ = metadata.num_rows();
    header_ = ParseTraceHeader(ParseJson(Value(metadata, kTraceKey), path_.string()), path_.string());
    ParseDocs(ParseJson(Value(metadata, kDocsKey), path_.string()));
    std::shared_ptr<arrow::Schema> schema;
    CheckArrow(reader->GetSchema(&schema), path_);
    const auto expected = TraceSchema(header_.shape);
    VFFN_CHECK(WithNewNames(*schema)->Equals(*expected, /*check_metadata=*/false), path_.string(),
               ": the columns are not those of its header; they are\n", schema->ToString(false),
               "\nshould be\n", expected->ToString(false));
  }

  const std::filesystem::path& path() const { return path_; }
  const TraceHeader& header() const { return header_; }
  const TracedDocs& docs() const { return docs_; }
  int64_t rows() const { return rows_; }

  /// Only row groups that may have docs of `only`, unless that is null.
  void Read(const TraceColumns& columns, const DocAssembler::Visit& visit, const TracedDocs* only) const {
    const auto reader = Open();
    std::vector<int> leaves;  // every column has one
    const auto schema = TraceSchema(header_.shape);
    for (const std::string& name : ColumnNames(header_.shape, columns)) {
      leaves.push_back(schema->GetFieldIndex(name));
    }
    DocAssembler assembler(header_.shape, path_.string(), visit);
    const auto batches = TakeArrow(
        reader->GetRecordBatchReader(Groups(*reader->parquet_reader()->metadata(), only), leaves), path_);
    for (std::shared_ptr<arrow::RecordBatch> batch;;) {
      CheckArrow(batches->ReadNext(&batch), path_);
      if (batch == nullptr) {
        break;
      }
      CheckArrow(batch->ValidateFull(), path_);
      batch = WithNewNames(*batch);
      CheckFilled(*batch);
      assembler.Add(*batch);
    }
    assembler.Finish();
  }

 private:
  std::unique_ptr<parquet::arrow::FileReader> Open() const {
    parquet::ReaderProperties properties;
    properties.set_page_checksum_verification(true);
    parquet::arrow::FileReaderBuilder builder;
    const arrow::Status opened = builder.OpenFile(path_.string(), /*memory_map=*/true, properties);
    VFFN_CHECK(opened.ok(), path_.string(),
               ": cut short, damaged or not a Parquet file: ", opened.ToString());
    parquet::ArrowReaderProperties arrow_properties;
    arrow_properties.set_batch_size(kRowsAtOnce);
    return TakeArrow(builder.properties(arrow_properties)->Build(), path_);
  }

  std::string Value(const parquet::FileMetaData& metadata, const char* key) const {
    const auto& pairs = metadata.key_value_metadata();
    VFFN_CHECK(pairs != nullptr && pairs->Contains(key), path_.string(),
               ": a Parquet file, but no vffn trace: \"", key, "\" is missing from its metadata");
    return *pairs->Get(key);
  }

  void ParseDocs(const Json& json) {
    const Fields fields(json, path_.string(), kDocsKey);
    for (const std::string& task : fields.Names()) {
      for (const int64_t id : fields.Get<std::vector<int64_t>>(task)) {
        VFFN_CHECK(docs_[task].insert(id).second, fields.Where(task), " has doc ", id, " twice");
      }
    }
  }

  std::vector<int> Groups(const parquet::FileMetaData& metadata, const TracedDocs* only) const {
    std::vector<int> groups;
    const auto schema = TraceSchema(header_.shape);
    const int task_column = schema->GetFieldIndex("task"), id_column = schema->GetFieldIndex("doc_id");
    for (int i = 0; i < metadata.num_row_groups(); ++i) {
      const auto group = metadata.RowGroup(i);
      const auto of_tasks = group->ColumnChunk(task_column)->statistics();
      const auto of_ids = group->ColumnChunk(id_column)->statistics();
      const auto* tasks = dynamic_cast<const parquet::ByteArrayStatistics*>(of_tasks.get());
      const auto* ids = dynamic_cast<const parquet::Int64Statistics*>(of_ids.get());
      if (only == nullptr || MayHave(*only, tasks, ids)) {
        groups.push_back(i);
      }
    }
    return groups;
  }

  /// Whether a group with these statistics (null: it has none) may have one of the docs.
  static bool MayHave(const TracedDocs& docs, const parquet::ByteArrayStatistics* tasks,
                      const parquet::Int64Statistics* ids) {
    return std::ranges::any_of(docs, [&](const auto& of_task) {
      const std::string_view task = of_task.first;
      const bool task_fits =
          tasks == nullptr || !tasks->HasMinMax() ||
          (std::string_view(tasks->min()) <= task && task <= std::string_view(tasks->max()));
      if (!task_fits || ids == nullptr || !ids->HasMinMax()) {
        return task_fits;
      }
      const auto first = of_task.second.lower_bound(ids->min());
      return first != of_task.second.end() && *first <= ids->max();
    });
  }

  void CheckFilled(const arrow::RecordBatch& batch) const {
    for (int i = 0; i < batch.num_columns(); ++i) {
      VFFN_CHECK(batch.schema()->field(i)->nullable() || batch.column(i)->null_count() == 0, path_.string(),
                 ": column ", batch.column_name(i), " has nulls");
    }
  }

  std::filesystem::path path_;
  TraceHeader header_;
  TracedDocs docs_;
  int64_t rows_ = 0;
};

std::vector<std::filesystem::path> PartsOf(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) {
    VFFN_CHECK(std::filesystem::exists(path), path.string(), ": there is no such trace");
    return {path};
  }
  std::vector<std::filesystem::path> parts;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("part-") && name.ends_with(".parquet")) {
      parts.push_back(entry.path());
    }
  }
  VFFN_CHECK(
      !parts.empty(), path.string(),
      ": no part-*.parquet in it: not a trace, or its run was killed before the first part was finished");
  std::ranges::sort(parts);
  return parts;
}

}  // namespace

class TraceReader::Impl {
 public:
  explicit Impl(const std::filesystem::path& path) : path_(path) {
    for (const std::filesystem::path& part : PartsOf(path)) {
      WithArrowErrors(part, [&] { parts_.emplace_back(part); });
      CheckSameTrace(parts_.front().header(), parts_.front().path().string(), parts_.back().header(),
                     part.string());
      rows_ += parts_.back().rows();
      for (const auto& [task, ids] : parts_.back().docs()) {
        for (const int64_t id : ids) {
          VFFN_CHECK(docs_[task].insert(id).second, part.string(), ": ", task, " doc ", id,
                     " is in another part, too");
        }
      }
    }
  }

  const std::filesystem::path& path() const { return path_; }
  const TraceHeader& header() const { return parts_.front().header(); }
  const TracedDocs& docs() const { return docs_; }
  int64_t rows() const { return rows_; }

  void Read(const TraceColumns& columns, const std::function<void(const DocTrace&)>& visit) const {
    for (const PartReader& part : parts_) {
      TracedDocs seen;
      ReadPart(part, columns, nullptr, [&](const DocTrace& doc) {
        VFFN_CHECK(seen[doc.task].insert(doc.doc_id).second, part.path().string(), ": ", doc.task, " doc ",
                   doc.doc_id, " is there twice");
        visit(doc);
      });
      VFFN_CHECK(seen == part.docs(), part.path().string(), ": its docs are not those of its footer");
    }
  }

  void ReadDocs(const TracedDocs& docs, const std::function<void(const DocTrace&)>& visit) const {
    TracedDocs missing = docs;
    for (const PartReader& part : parts_) {
      const TracedDocs wanted = Common(missing, part.docs());
      if (wanted.empty()) {
        continue;
      }
      ReadPart(part, TraceColumns::All(), &wanted, [&](const DocTrace& doc) {
        const auto ids = wanted.find(doc.task);
        if (ids != wanted.end() && ids->second.contains(doc.doc_id)) {
          missing[doc.task].erase(doc.doc_id);
          visit(doc);
        }
      });
    }
    for (const auto& [task, ids] : missing) {
      VFFN_CHECK(ids.empty(), path_.string(), ": there is no ", task, " doc ", *ids.begin(), " in it");
    }
  }

 private:
  static void ReadPart(const PartReader& part, const TraceColumns& columns, const TracedDocs* only,
                       const DocAssembler::Visit& visit) {
    WithArrowErrors(part.path(), [&] { part.Read(columns, visit, only); });
  }

  /// The docs that both have; only tasks that have some.
  static TracedDocs Common(const TracedDocs& a, const TracedDocs& b) {
    TracedDocs common;
    for (const auto& [task, ids] : a) {
      if (const auto others = b.find(task); others != b.end()) {
        std::set<int64_t> both;
        std::ranges::set_intersection(ids, others->second, std::inserter(both, both.end()));
        if (!both.empty()) {
          common.emplace(task, std::move(both));
        }
      }
    }
    return common;
  }

  std::filesystem::path path_;
  std::vector<PartReader> parts_;
  TracedDocs docs_;
  int64_t rows_ = 0;
};

TraceReader::TraceReader(const std::filesystem::path& path) : impl_(std::make_unique<Impl>(path)) {}
TraceReader::~TraceReader() = default;
const TraceHeader& TraceReader::header() const { return impl_->header(); }
const TracedDocs& TraceReader::docs() const { return impl_->docs(); }
const std::filesystem::path& TraceReader::path() const { return impl_->path(); }
int64_t TraceReader::rows() const { return impl_->rows(); }
void TraceReader::Read(const TraceColumns& columns, const std::function<void(const DocTrace&)>& visit) const {
  impl_->Read(columns, visit);
}
void TraceReader::ReadDocs(const TracedDocs& docs, const std::function<void(const DocTrace&)>& visit) const {
  impl_->ReadDocs(docs, visit);
}
DocTrace TraceReader::ReadDoc(const std::string& task, int64_t doc_id) const {
  std::optional<DocTrace> found;
  impl_->ReadDocs({{task, {doc_id}}}, [&](const DocTrace& doc) { found = doc; });
  return *std::move(found);
}

}  // namespace vffn
