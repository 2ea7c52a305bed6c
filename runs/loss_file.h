// losses.jsonl: the loss of each document of a corpus under a model, appended document by document.
//
//   {"vffn_losses":2,"identity":{...},"window":{"kind":"rolling","length":2048,"stride":2048,"prefix":0,
//    "scored":"all","denominator":"scored_tokens"},"text_sha256":"...","program_version":"0.1.0",
//    "model":"final"}                                                                              once, one
//    line
//   {"document":0,"id":"12","source":"wiki.jsonl","tokens":163,"bytes":512,"nll":431.20,"characters":509,
//    "words":88}                                                                                   one line
//
// `document` is the index of the document in the corpus; rows are in any order. `characters` and `words` are
// absent where they are not known. Files of version 1 have neither them nor a window: theirs are disjoint.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analysis/document_loss.h"
#include "base/append_file.h"
#include "eval/loss_window.h"
#include "trace/run_identity.h"

namespace vffn {

struct LossHeader {
  RunIdentity identity;         ///< of model, tokenizer and computation; without rendering and encoding
  LossWindow window;            ///< in which the text was read
  std::string text_sha256;      ///< of the text or token files, and of how documents are read from them
  std::string program_version;  ///< of the program that began the file
  std::string model;            ///< path, for people
};

struct LossContents {
  LossHeader header;
  std::map<int64_t, DocumentLoss> documents;  ///< by index

  /// The documents, by index.
  std::vector<DocumentLoss> InOrder() const;
};

/// Reads a file, also one that is being written: an incomplete last line is left out. Throws Error, naming
/// file and line, on any other damage.
LossContents ReadLosses(const std::filesystem::path& path);

/// A field of the headers of two files, "window.length", with both values.
struct LossDifference {
  std::string field, a, b;
};

/// What two files differ in besides program and path of the model. Losses may be joined if it is empty.
std::vector<LossDifference> DifferencesOf(const LossHeader& a, const LossHeader& b);

/// The text of a file with the documents in order.
std::string FormatLosses(const LossContents& contents);

/// A file that a run appends to, locked against a second run. Not thread safe.
class LossFile {
 public:
  /// Throws Error if the file cannot be written, is locked or damaged, has rows although `resume` is false,
  /// or belongs to another model, other options or another text: then it names what differs.
  LossFile(const std::filesystem::path& path, const LossHeader& header, bool resume);

  const std::filesystem::path& path() const { return file_->path(); }
  const LossContents& contents() const { return contents_; }
  void Append(int64_t index, const DocumentLoss& document);
  void Sync() { file_->Sync(); }

 private:
  std::unique_ptr<AppendFile> file_;
  LossContents contents_;
};

}  // namespace vffn
