// The ledger: the model's scores of every doc, appended row by row during a run (ledger_row.h describes the
// format).
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/append_file.h"
#include "eval/ledger_row.h"

namespace vffn {

/// A ledger in memory.
struct LedgerContents {
  std::string origin;  ///< the file
  LedgerHeader header;
  std::vector<LedgerTask> tasks;                             ///< in the order they were begun
  std::map<std::string, std::map<int64_t, ScoredDoc>> docs;  ///< by task, by doc_id

  const LedgerTask* FindTask(std::string_view name) const;                  ///< null if there is none
  const ScoredDoc* FindDoc(const std::string& task, int64_t doc_id) const;  ///< null if there is none
};

/// Reads a ledger, also one that is being written: an incomplete last line is ignored. Throws Error naming
/// file, line and offset on any other damage, on a duplicate doc, and on a doc whose task has no row.
LedgerContents ReadLedger(const std::filesystem::path& path);

/// The header alone. Throws Error as ReadLedger.
LedgerHeader ReadLedgerHeader(const std::filesystem::path& path);

/// Whether a file begins as a ledger does.
bool IsLedger(const std::filesystem::path& path);

/// Whether a file has more than the first rows of a ledger (header and tasks). A run that ended before its
/// first doc leaves a ledger without docs, which counts as absent. False if there is no file; true if the
/// file is something else than a ledger.
bool HasDocs(const std::filesystem::path& path);

enum class LedgerMode {
  kNew,      ///< throws Error if the file has docs
  kResume,   ///< continues the file if it has docs
  kReplace,  ///< removes what is in it
};

/// `resume` and `overwrite` are not both true.
inline LedgerMode ModeOf(bool resume, bool overwrite) {
  return overwrite ? LedgerMode::kReplace : resume ? LedgerMode::kResume : LedgerMode::kNew;
}

/// A ledger that a run appends to. The file is locked against a second run. Not thread safe.
class Ledger {
 public:
  /// Throws Error if the file cannot be written, is locked, is no ledger, is damaged (see ReadLedger; an
  /// incomplete last line is removed), has docs (kNew), or belongs to another run (kResume). The last two
  /// name every setting that differs, with both values, and what to do. A ledger without docs is begun anew.
  static Ledger Open(const std::filesystem::path& path, LedgerHeader header, LedgerMode mode,
                     SyncPolicy policy = {});

  /// Throws what Open would throw before it reads docs, and changes nothing.
  static void Check(const std::filesystem::path& path, const LedgerHeader& header, LedgerMode mode);

  /// As Open to resume, but the rows after the first `size` bytes are removed. Throws Error if the file is
  /// shorter.
  static Ledger OpenCut(const std::filesystem::path& path, LedgerHeader header, int64_t size);

  const std::filesystem::path& path() const { return file_->path(); }
  const LedgerContents& contents() const { return contents_; }

  /// Must be called before a task's docs are appended. Throws Error, naming the fields, if the ledger has the
  /// task with another split, data hash or size.
  void BeginTask(const LedgerTask& task);

  /// Throws Error if the ledger has the doc, its task was not begun, or the write fails.
  void Append(ScoredDoc doc);

  /// Returns when all rows are on the disk.
  void Sync() { file_->Sync(); }

  /// Bytes of the file.
  int64_t Size() const { return file_->Size(); }

 private:
  static Ledger Continue(std::unique_ptr<AppendFile> file, LedgerHeader header, std::string_view text);
  Ledger(std::unique_ptr<AppendFile> file, LedgerContents contents);

  std::unique_ptr<AppendFile> file_;
  LedgerContents contents_;
};

}  // namespace vffn
