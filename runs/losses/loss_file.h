// losses.jsonl: the loss of each document of a text under a model, appended document by document.
//
//   {"vffn_losses":2,"identity":{...},"window":{"kind":"rolling","length":2048,"stride":2048,"prefix":0,
//    "scored":"all","denominator":"scored_tokens"},"text_sha256":"...","program_version":"0.1.0",
//    "model":"final"}                                                                              once, one
//    line
//   {"document":0,"id":"12","source":"wiki.jsonl","tokens":163,"bytes":512,"nll":431.20,"characters":509,
//    "words":88}                                                                                   one line
//   {"document":1,"window":0,"nll":5031.7}
//
// `document` is the index of the document in the text; rows are in any order. `characters` and `words` are
// absent where they are not known. A row with `window` is of a part of a document that has several windows,
// so that a run that is killed keeps it; the row of the document comes after them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analysis/document_loss.h"
#include "base/append_file.h"
#include "runs/losses/loss_header.h"

namespace vffn {

/// The first field of a file of losses.
inline constexpr const char* kLossKind = "vffn_losses";

struct LossContents {
  LossHeader header;
  std::map<int64_t, DocumentLoss> documents;  ///< by index
  /// [document][window] nats, of documents of which some windows are missing.
  std::map<int64_t, std::map<int64_t, double>> windows;

  /// The documents, by index.
  std::vector<DocumentLoss> InOrder() const;
};

/// Reads a file, also one that is being written: an incomplete last line is left out. Throws Error, naming
/// file and line, on any other damage.
LossContents ReadLosses(const std::filesystem::path& path);

/// Whether a file begins as files of losses do, or as those of another kind (kTokenLossKind).
bool IsLossFile(const std::filesystem::path& path, const std::string& kind = kLossKind);

/// The text of a file with the documents in order, without the rows of windows.
std::string FormatLosses(const LossContents& contents);

/// A file that a run appends to, locked against a second run. Not thread safe.
class LossFile {
 public:
  /// Throws Error as BeginLossFile, and if the file cannot be written or is damaged.
  LossFile(const std::filesystem::path& path, const LossHeader& header, LedgerMode mode);

  const std::filesystem::path& path() const { return file_->path(); }
  const LossContents& contents() const { return contents_; }
  /// Whether the document has no row yet but this window of it has.
  bool HasWindow(int64_t index, int64_t window) const;
  void Append(int64_t index, const DocumentLoss& document);
  void AppendWindow(int64_t index, int64_t window, double nll);
  void Sync() { file_->Sync(); }

 private:
  std::unique_ptr<AppendFile> file_;
  LossContents contents_;
};

}  // namespace vffn
