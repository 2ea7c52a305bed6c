// Tokenized parts of the input on their way to token files: what a killed program finds again.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/append_file.h"
#include "base/json_fwd.h"

namespace vffn {

/// A tokenized chunk of an input file, in one of the logs. Its documents are sorted by key.
struct RunRecord {
  size_t file = 0;    ///< index of the input file
  int64_t chunk = 0;  ///< of that file, from 0
  int64_t log = 0, offset = 0, bytes = 0;
  int64_t documents = 0, tokens = 0;
  int64_t empty = 0, skipped = 0;  ///< documents left out: without text, with an error

  template <class Self, class F>
  static void Visit(Self& self, F&& visit) {
    visit("file", self.file);
    visit("chunk", self.chunk);
    visit("log", self.log);
    visit("offset", self.offset);
    visit("bytes", self.bytes);
    visit("documents", self.documents);
    visit("tokens", self.tokens);
    visit("empty", self.empty);
    visit("skipped", self.skipped);
  }
};

/// One document of a run, as it lies in the log.
struct StagedDocument {
  uint64_t key = 0;          ///< DocumentOrder
  int64_t location = 0;      ///< line or row
  int64_t tokens_begin = 0;  ///< bytes, in the run's token area
  int64_t tokens_bytes = 0;
  uint32_t id_begin = 0, id_bytes = 0;  ///< in the run's identifier area
  uint64_t held_out = 0;                ///< 0 or 1
};

/// Collects the documents of one run. One thread at a time.
class RunBuilder {
 public:
  void Clear();
  /// `tokens`: the ids as bytes of the token files' type.
  void Add(uint64_t key, int64_t location, std::string_view id, bool held_out, std::string_view tokens);
  int64_t documents() const { return static_cast<int64_t>(documents_.size()); }
  /// The run's bytes, documents sorted by (key, location).
  std::string Serialize() const;

 private:
  std::vector<StagedDocument> documents_;
  std::string ids_, tokens_;
};

/// A run in memory, to be read. The bytes must outlive it.
class RunView {
 public:
  /// Throws Error if the bytes are not a run.
  RunView(std::string_view bytes, const std::string& origin);

  int64_t documents() const { return static_cast<int64_t>(documents_); }
  StagedDocument document(int64_t index) const;
  std::string_view id(const StagedDocument& document) const;
  std::string_view tokens(const StagedDocument& document) const;
  /// Index of the first document whose key is not below `key`.
  int64_t LowerBound(uint64_t key) const;

 private:
  std::string_view bytes_;
  uint64_t documents_ = 0;
  std::string_view ids_, tokens_;
};

/// The runs of one job in a folder: logs that hold them and a journal that lists those that are complete.
/// The journal's first line says what the job is; it is locked while the object lives. Thread safe. All
/// functions throw Error naming the file.
class StagedRuns {
 public:
  /// Begins a job, or goes on with the one in the folder. Throws Error if that is another job, naming what
  /// differs. Runs are put into the journal, after their bytes are on the disk, when `commit_interval` has
  /// passed since the last time.
  StagedRuns(std::filesystem::path folder, const Json& job, int workers,
             std::chrono::milliseconds commit_interval);
  ~StagedRuns();

  bool Has(size_t file, int64_t chunk) const;
  /// SHA-256 of an input file all of whose chunks are there; nothing for other files.
  std::optional<std::string> HashOf(size_t file) const;

  /// Stores a run; `record` lacks log, offset and bytes. Each worker has its own log.
  void Add(int worker, RunRecord record, std::string_view bytes);
  /// The file has been read to its end; it has `chunks` chunks, some of which may still be missing.
  void AddEnd(size_t file, int64_t chunks, const std::string& sha256);
  /// Puts everything added into the journal.
  void Commit();

  /// In the order of the input.
  std::vector<RunRecord> records() const;
  std::filesystem::path LogPath(int64_t log) const;

 private:
  class Log;
  struct FileEnd {
    int64_t chunks = 0;
    std::string sha256;
  };

  void ReadJournal(const Json& job);
  void CommitLocked();

  std::filesystem::path folder_;
  std::chrono::milliseconds commit_interval_;
  mutable std::mutex mutex_;
  std::unique_ptr<AppendFile> journal_;
  std::vector<std::unique_ptr<Log>> logs_;  // [worker]
  std::vector<std::string> pending_;        // lines of the journal
  std::chrono::steady_clock::time_point last_commit_;
  std::map<std::pair<size_t, int64_t>, RunRecord> records_;
  std::map<size_t, FileEnd> ends_;
};

/// Throws Error naming the first difference between the job that a folder holds and the one asked for.
void CheckSameJob(const Json& held, const Json& asked, const std::string& origin);

}  // namespace vffn
