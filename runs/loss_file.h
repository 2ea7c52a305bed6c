// losses.jsonl: the loss of each document of a corpus under a model, appended document by document.
//
//   {"vffn_losses":1,"identity":{...},"text_sha256":"...","program_version":"0.1.0","model":"final"}   once
//   {"document":0,"id":"12","source":"wiki.jsonl","tokens":163,"bytes":512,"nll":431.20}
//
// `document` is the index of the document in the corpus; rows are in any order.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analysis/document_loss.h"
#include "base/append_file.h"
#include "trace/run_identity.h"

namespace vffn {

struct LossHeader {
  RunIdentity identity;         ///< of model, tokenizer and computation; without rendering and encoding
  std::string text_sha256;      ///< of the token files
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
