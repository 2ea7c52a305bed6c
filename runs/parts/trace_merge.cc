#include "runs/parts/trace_merge.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "base/parallel.h"
#include "trace/branch_features.h"
#include "trace/trace_reader.h"
#include "trace/trace_writer.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using DocName = std::pair<std::string, int64_t>;

bool HasFiles(const fs::path& trace) {
  return fs::is_directory(trace) && std::ranges::any_of(fs::directory_iterator(trace), [](const auto& entry) {
           return entry.path().extension() == ".parquet";
         });
}

/// The traces of all parts, by doc.
class PartTraces {
 public:
  explicit PartTraces(std::span<const fs::path> parts) {
    for (const fs::path& part : parts) {
      if (!HasFiles(part)) {
        continue;  // a rank without docs
      }
      const auto& reader = readers_.emplace_back(std::make_unique<TraceReader>(part));
      CheckSameTrace(readers_.front()->header(), readers_.front()->path().string(), reader->header(),
                     part.string());
      int64_t docs = 0;
      for (const auto& [task, ids] : reader->docs()) {
        docs += static_cast<int64_t>(ids.size());
        for (const int64_t id : ids) {
          const auto [known, added] = places_.emplace(DocName(task, id), readers_.size() - 1);
          VFFN_CHECK(added, part.string(), ": ", task, " doc ", id, " is in ",
                     readers_[known->second]->path().string(), ", too");
        }
      }
      rows_of_doc_.push_back(reader->rows() / std::max<int64_t>(1, docs));
    }
    VFFN_CHECK(!readers_.empty(), "no part has a trace");
  }

  const TraceHeader& header() const { return readers_.front()->header(); }

  /// About how many rows the doc has.
  int64_t RowsOf(const DocName& doc) const { return rows_of_doc_[PlaceOf(doc)]; }

  std::map<DocName, DocTrace> Read(std::span<const DocName> docs) const {
    std::map<size_t, TracedDocs> wanted;
    for (const DocName& doc : docs) {
      wanted[PlaceOf(doc)][doc.first].insert(doc.second);
    }
    const std::vector<std::pair<size_t, TracedDocs>> pieces(wanted.begin(), wanted.end());
    std::map<DocName, DocTrace> traces;
    std::mutex mutex;
    // To open a small file takes longer than to read it.
    const int workers = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    ParallelFor(static_cast<int64_t>(pieces.size()), workers, [&](int64_t i) {
      const auto& [place, of_reader] = pieces[static_cast<size_t>(i)];
      readers_[place]->ReadDocs(of_reader, [&](const DocTrace& doc) {
        const std::lock_guard lock(mutex);
        traces.emplace(DocName(doc.task, doc.doc_id), doc);
      });
    });
    return traces;
  }

 private:
  size_t PlaceOf(const DocName& doc) const {
    const auto place = places_.find(doc);
    VFFN_CHECK(place != places_.end(), "no part has the trace of ", doc.first, " doc ", doc.second,
               ": a part's trace was removed; remove the part, too, and run its rank again");
    return place->second;
  }

  std::vector<std::unique_ptr<TraceReader>> readers_;
  std::vector<int64_t> rows_of_doc_;  // per reader, on average
  std::map<DocName, size_t> places_;
};

/// The first docs, as many as may wait in memory.
std::span<const DocName> NextDocs(std::span<const DocName> docs, const PartTraces& traces, int64_t rows) {
  size_t count = 0;
  while (count < docs.size() && (count == 0 || rows > 0)) {
    rows -= traces.RowsOf(docs[count++]);
  }
  return docs.first(count);
}

fs::path BranchFolder(const fs::path& trace) { return BranchFeaturesPath(trace, "task", 0).parent_path(); }

void CopyBranchFeatures(const fs::path& from, const fs::path& to) {
  if (!fs::is_directory(from)) {
    return;
  }
  fs::create_directories(to);
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    WriteFileAtomically(to / entry.path().filename(), ReadFileBytes(entry.path()));
  }
}

}  // namespace

void MergeTraces(std::span<const fs::path> parts, std::span<const DocName> docs, const fs::path& output,
                 const TraceMergeOptions& options) {
  const PartTraces traces(parts);
  std::unordered_map<int32_t, std::string> pieces;
  TraceWriter writer(output, traces.header(), [&](int32_t token) { return pieces.at(token); },
                     {.mode = TraceMode::kResume});
  std::vector<DocName> missing;
  std::ranges::copy_if(docs, std::back_inserter(missing),
                       [&](const DocName& doc) { return !writer.Has(doc.first, doc.second); });
  for (std::span<const DocName> left = missing; !left.empty();) {
    const std::span<const DocName> next = NextDocs(left, traces, options.rows_at_once);
    std::map<DocName, DocTrace> read = traces.Read(next);
    for (const DocName& name : next) {
      DocTrace& doc = read.at(name);
      for (size_t i = 0; i < doc.tokens.size(); ++i) {
        pieces.try_emplace(doc.tokens[i], doc.pieces[i]);
      }
      doc.pieces.clear();
      writer.Write(doc);
    }
    left = left.subspan(next.size());
  }
  writer.Finish();
  for (const fs::path& part : parts) {
    CopyBranchFeatures(BranchFolder(part), BranchFolder(output));
  }
}

}  // namespace vffn
