// MergeLosses of merge.h.
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "runs/loss_part.h"
#include "runs/merge.h"
#include "runs/part_problems.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

class LossJoiner {
 public:
  LossJoiner(std::string stem, PartProblems& problems) : stem_(std::move(stem)), problems_(problems) {}

  void Add(const RunPart& part) {
    const fs::path path = part.folder.path() / (stem_ + ".jsonl");
    try {
      if (!fs::exists(part.losses_record(stem_))) {
        problems_.AddUnfinished(part, "nothing is finished");
        return;
      }
      const LossPart record = ReadLossPart(part.losses_record(stem_));
      LossContents contents = ReadLosses(path);
      if (!CheckSame(part, record, contents)) {
        return;
      }
      const auto measured = static_cast<int64_t>(contents.documents.size());
      if (measured != record.documents) {
        problems_.AddUnfinished(part, std::to_string(measured) + " of " + std::to_string(record.documents) +
                                          " documents are measured");
      }
      whole_.documents.merge(contents.documents);
      if (!contents.documents.empty()) {
        problems_.Add(path.string() + ": document " + std::to_string(contents.documents.begin()->first) +
                      " is in another part, too");
      }
    } catch (const Error& error) {
      problems_.AddDamaged(part, error.what());
    }
  }

  /// Throws Error if a document is missing.
  const LossContents& whole() const {
    problems_.Check();
    VFFN_CHECK(static_cast<int64_t>(whole_.documents.size()) == first_->all_documents, "the parts have ",
               whole_.documents.size(), " documents of ", first_->all_documents);
    return whole_;
  }

 private:
  bool CheckSame(const RunPart& part, const LossPart& record, const LossContents& contents) {
    if (!first_) {
      first_ = record;
      whole_.header = contents.header;
    }
    const bool same = DifferencesOf(whole_.header, contents.header).empty() &&
                      record.plan_sha256 == first_->plan_sha256;
    if (!same) {
      problems_.Add(part.folder.path().string() +
                    ": its losses are of another model, text, window or number of documents than those of rank " +
                    std::to_string(first_->shard.rank) + "; give the parts of one run");
    }
    return same;
  }

  std::string stem_;
  PartProblems& problems_;
  std::optional<LossPart> first_;
  LossContents whole_;
};

}  // namespace

std::optional<MergedLosses> MergeLosses(const MergeOptions& options, const std::string& stem) {
  fs::create_directories(options.output);
  const auto lock = LockForMerging(options.output);
  if (lock == nullptr) {
    return std::nullopt;
  }
  PartProblems problems;
  LossJoiner joiner(stem, problems);
  for (const RunPart& part : CollectParts(options, stem + ".jsonl", problems)) {
    joiner.Add(part);
  }
  const fs::path path = options.output / (stem + ".jsonl");
  const std::string text = FormatLosses(joiner.whole());
  VFFN_CHECK(!fs::exists(path) || ReadFileBytes(path) == text, path.string(),
             ": there are losses already, and they are not those of these parts; give another folder "
             "(--output_path)");
  WriteFileAtomically(path, text);
  return MergedLosses{.file = path, .contents = joiner.whole()};
}

}  // namespace vffn
