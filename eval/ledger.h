// The ledger: what a model said about every doc, kept row by row while it is said (ledger_row.h has the
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

/// Reads a ledger, also one that is being written: a torn last line is left out. Throws Error naming file,
/// line and offset on anything else that is damaged, on a doc that is there twice and on one of a task that
/// was not begun.
LedgerContents ReadLedger(const std::filesystem::path& path);

enum class LedgerMode {
  kNew,     ///< throws Error if the file has anything in it
  kResume,  ///< goes on with the file if it is there
};

/// A ledger that a run appends to, with a lock against a second run. Not thread safe.
class Ledger {
 public:
  /// Throws Error if the file cannot be written, is locked, is damaged (see ReadLedger; a torn last line is
  /// cut off), or belongs to another identity, naming every field that differs with both values.
  static Ledger Open(const std::filesystem::path& path, LedgerHeader header, LedgerMode mode,
                     SyncPolicy policy = {});

  const std::filesystem::path& path() const { return file_->path(); }
  const LedgerContents& contents() const { return contents_; }

  /// Must come before a task's docs. Throws Error, naming the fields, if the task is there with another
  /// split, data hash or size.
  void BeginTask(const LedgerTask& task);

  /// Throws Error if the doc is there already, its task was not begun, or the write fails.
  void Append(ScoredDoc doc);

  /// Returns when all rows are on the disk.
  void Sync() { file_->Sync(); }

 private:
  Ledger(std::unique_ptr<AppendFile> file, LedgerContents contents);

  std::unique_ptr<AppendFile> file_;
  LedgerContents contents_;
};

}  // namespace vffn
