#include "runs/losses/loss_file.h"

#include <fstream>

#include "base/error.h"
#include "base/fields.h"
#include "base/file_bytes.h"
#include "base/json.h"

namespace vffn {
namespace {

std::string HeaderRow(const LossHeader& header) { return ToJson(header, kLossKind).dump(); }

std::string DocumentRow(int64_t index, const DocumentLoss& document) {
  OrderedJson row = {{"document", index},         {"id", document.id},       {"source", document.source},
                     {"tokens", document.tokens}, {"bytes", document.bytes}, {"nll", document.nll}};
  if (document.characters > 0) {
    row["characters"] = document.characters;
  }
  if (document.words > 0) {
    row["words"] = document.words;
  }
  return row.dump();
}

void AddDocument(const Json& row, const std::string& origin, LossContents& contents) {
  const Fields fields(row, origin);
  const int64_t index = fields.Count("document");
  if (fields.Has("window")) {
    const bool added =
        contents.windows[index].emplace(fields.Count("window"), fields.Get<double>("nll")).second;
    VFFN_CHECK(added, fields.Where("window"), " is in the file twice");
    return;
  }
  contents.windows.erase(index);
  const bool added = contents.documents
                         .emplace(index, DocumentLoss{.id = fields.Get<std::string>("id"),
                                                      .source = fields.Get<std::string>("source"),
                                                      .tokens = fields.Count("tokens"),
                                                      .bytes = fields.Count("bytes"),
                                                      .nll = fields.Get<double>("nll"),
                                                      .characters = fields.Get<int64_t>("characters", 0),
                                                      .words = fields.Get<int64_t>("words", 0)})
                         .second;
  VFFN_CHECK(added, fields.Where("document"), " is in the file twice");
}

LossContents ParseLosses(std::string_view text, const std::string& origin) {
  LossContents contents;
  int64_t line = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    const std::string place = origin + ":" + std::to_string(++line);
    const Json row = ParseJson(text.substr(begin, end - begin), place);
    if (line == 1) {
      contents.header = ParseLossHeader(row, kLossKind, place);
    } else {
      AddDocument(row, place, contents);
    }
    begin = end + 1;
  }
  return contents;
}

}  // namespace

std::vector<DocumentLoss> LossContents::InOrder() const {
  std::vector<DocumentLoss> losses;
  for (const auto& [index, document] : documents) {
    losses.push_back(document);
  }
  return losses;
}

LossContents ReadLosses(const std::filesystem::path& path) {
  const std::string text = ReadFileBytes(path);
  const size_t whole = WholeRows(text);
  VFFN_CHECK(whole > 0, path.string(), ": there are no losses in the file");
  return ParseLosses(std::string_view(text).substr(0, whole), path.string());
}

bool IsLossFile(const std::filesystem::path& path, const std::string& kind) {
  const std::string expected = "{\"" + kind + "\":";
  std::string begin(expected.size(), '\0');
  std::ifstream(path, std::ios::binary).read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return begin == expected;
}

std::string FormatLosses(const LossContents& contents) {
  std::string text = HeaderRow(contents.header) + "\n";
  for (const auto& [index, document] : contents.documents) {
    text += DocumentRow(index, document) + "\n";
  }
  return text;
}

LossFile::LossFile(const std::filesystem::path& path, const LossHeader& header, LedgerMode mode)
    : file_(std::make_unique<AppendFile>(path)), contents_{.header = header} {
  const std::string text = BeginLossFile(*file_, header, kLossKind, mode);
  if (!text.empty()) {
    contents_ = ParseLosses(text, path.string());
  }
}

void LossFile::Append(int64_t index, const DocumentLoss& document) {
  VFFN_CHECK(!contents_.documents.contains(index), file_->path().string(), ": document ", index,
             " is in the file already");
  file_->Append(DocumentRow(index, document));
  contents_.documents.emplace(index, document);
  contents_.windows.erase(index);
}

bool LossFile::HasWindow(int64_t index, int64_t window) const {
  const auto windows = contents_.windows.find(index);
  return windows != contents_.windows.end() && windows->second.contains(window);
}

void LossFile::AppendWindow(int64_t index, int64_t window, double nll) {
  file_->Append(OrderedJson{{"document", index}, {"window", window}, {"nll", nll}}.dump());
  contents_.windows[index].emplace(window, nll);
}

}  // namespace vffn
