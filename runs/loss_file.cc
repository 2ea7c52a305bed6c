#include "runs/loss_file.h"

#include "base/error.h"
#include "base/fields.h"
#include "base/file_bytes.h"
#include "base/json.h"

namespace vffn {
namespace {

constexpr int64_t kLossSchema = 2;

std::string HeaderRow(const LossHeader& header) {
  return OrderedJson{{"vffn_losses", kLossSchema},
                     {"identity", ToJson(header.identity)},
                     {"window", ToJson(header.window)},
                     {"text_sha256", header.text_sha256},
                     {"program_version", header.program_version},
                     {"model", header.model}}
      .dump();
}

/// Of a file of version 1: windows followed each other from the document's last token on.
LossWindow WindowOf(const Fields& fields, const RunIdentity& identity, const std::string& origin) {
  if (fields.Has("window")) {
    return ParseLossWindow(fields.Require("window"), origin);
  }
  return {.kind = WindowKind::kDisjoint,
          .length = identity.max_sequence_length,
          .stride = identity.max_sequence_length};
}

LossHeader ParseHeader(const Json& row, const std::string& origin) {
  const Fields fields(row, origin);
  VFFN_CHECK(fields.Has("vffn_losses"), origin, ": not a file of losses");
  VFFN_CHECK(fields.Integer("vffn_losses", 1) <= kLossSchema, origin,
             ": written by a newer program; use that one");
  const RunIdentity identity = ParseRunIdentity(fields.Require("identity"), origin);
  return {.identity = identity,
          .window = WindowOf(fields, identity, origin),
          .text_sha256 = fields.Get<std::string>("text_sha256"),
          .program_version = fields.Get<std::string>("program_version"),
          .model = fields.Get<std::string>("model")};
}

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
  const bool added =
      contents.documents
          .emplace(fields.Count("document"), DocumentLoss{.id = fields.Get<std::string>("id"),
                                                          .source = fields.Get<std::string>("source"),
                                                          .tokens = fields.Count("tokens"),
                                                          .bytes = fields.Count("bytes"),
                                                          .nll = fields.Get<double>("nll"),
                                                          .characters = fields.Get<int64_t>("characters", 0),
                                                          .words = fields.Get<int64_t>("words", 0)})
          .second;
  VFFN_CHECK(added, fields.Where("document"), " is in the file twice");
}

/// Bytes up to and with the last newline.
size_t WholeRows(std::string_view text) {
  const size_t newline = text.rfind('\n');
  return newline == std::string_view::npos ? 0 : newline + 1;
}

LossContents ParseLosses(std::string_view text, const std::string& origin) {
  LossContents contents;
  int64_t line = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    const std::string place = origin + ":" + std::to_string(++line);
    const Json row = ParseJson(text.substr(begin, end - begin), place);
    if (line == 1) {
      contents.header = ParseHeader(row, place);
    } else {
      AddDocument(row, place, contents);
    }
    begin = end + 1;
  }
  return contents;
}

void CheckSameRun(const LossHeader& ours, const LossHeader& theirs, const std::string& origin) {
  std::string text;
  for (const LossDifference& difference : DifferencesOf(theirs, ours)) {
    text += "\n  " + difference.field + ": " + difference.a + " in the file, " + difference.b + " now";
  }
  VFFN_CHECK(text.empty(), origin, ": the losses are of another run; choose another folder:", text);
}

}  // namespace

std::vector<DocumentLoss> LossContents::InOrder() const {
  std::vector<DocumentLoss> losses;
  for (const auto& [index, document] : documents) {
    losses.push_back(document);
  }
  return losses;
}

std::vector<LossDifference> DifferencesOf(const LossHeader& a, const LossHeader& b) {
  std::vector<LossDifference> differences;
  for (const IdentityDifference& difference : DifferencesOf(a.identity, b.identity)) {
    differences.push_back({difference.field, difference.a, difference.b});
  }
  for (const WindowDifference& difference : DifferencesOf(a.window, b.window)) {
    differences.push_back({"window." + difference.field, difference.a, difference.b});
  }
  if (a.text_sha256 != b.text_sha256) {
    differences.push_back({"text_sha256", a.text_sha256, b.text_sha256});
  }
  return differences;
}

LossContents ReadLosses(const std::filesystem::path& path) {
  const std::string text = ReadFileBytes(path);
  const size_t whole = WholeRows(text);
  VFFN_CHECK(whole > 0, path.string(), ": there are no losses in the file");
  return ParseLosses(std::string_view(text).substr(0, whole), path.string());
}

std::string FormatLosses(const LossContents& contents) {
  std::string text = HeaderRow(contents.header) + "\n";
  for (const auto& [index, document] : contents.documents) {
    text += DocumentRow(index, document) + "\n";
  }
  return text;
}

LossFile::LossFile(const std::filesystem::path& path, const LossHeader& header, bool resume)
    : file_(std::make_unique<AppendFile>(path)), contents_{.header = header} {
  const std::string text = file_->Read();
  VFFN_CHECK(resume || text.empty(), path.string(),
             ": there are losses already; continue with --resume or choose another folder");
  const size_t whole = WholeRows(text);
  if (whole > 0) {
    LossContents found = ParseLosses(std::string_view(text).substr(0, whole), path.string());
    CheckSameRun(header, found.header, path.string());
    contents_ = std::move(found);
  }
  if (whole < text.size()) {
    file_->Truncate(static_cast<int64_t>(whole));
  }
  if (whole == 0) {
    file_->Append(HeaderRow(header));
  }
}

void LossFile::Append(int64_t index, const DocumentLoss& document) {
  VFFN_CHECK(!contents_.documents.contains(index), file_->path().string(), ": document ", index,
             " is in the file already");
  file_->Append(DocumentRow(index, document));
  contents_.documents.emplace(index, document);
}

}  // namespace vffn
