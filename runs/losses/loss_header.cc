#include "runs/losses/loss_header.h"

#include <fstream>
#include <string_view>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"

namespace vffn {
namespace {

constexpr int64_t kLossSchema = 2;

/// Of a file of version 1: windows followed each other from the document's last token on.
LossWindow WindowOf(const Fields& fields, const RunIdentity& identity, const std::string& origin) {
  if (fields.Has("window")) {
    return ParseLossWindow(fields.Require("window"), origin);
  }
  return {.kind = WindowKind::kDisjoint,
          .length = identity.max_sequence_length,
          .stride = identity.max_sequence_length};
}

bool HasRows(std::string_view text) {
  const size_t header = text.find('\n');
  return header != std::string_view::npos && text.find('\n', header + 1) != std::string_view::npos;
}

/// "final, sha256 1a2b3c4d5e6f".
std::string ModelText(const LossHeader& header) {
  constexpr size_t kDigits = 12;
  return header.model + ", sha256 " + header.identity.model_sha256.substr(0, kDigits);
}

std::string DifferencesText(const LossHeader& theirs, const LossHeader& ours) {
  std::string text;
  for (LossHeaderDifference difference : DifferencesOf(theirs, ours)) {
    if (difference.field == "model_sha256") {
      difference = {"model", ModelText(theirs), ModelText(ours)};
    } else if (difference.field == "tokenizer_sha256") {
      difference.field = "tokenizer";
    } else if (difference.field == "text_sha256") {
      difference.field = "text";
    }
    text += "\n  " + difference.field + ": " + difference.a + " in the file, " + difference.b + " now";
  }
  return text;
}

/// Throws Error unless a run may write to a file with this text.
void CheckText(std::string_view text, const LossHeader& ours, const char* kind, LedgerMode mode,
               const std::string& origin) {
  const std::string magic = std::string("{\"") + kind + "\":";
  VFFN_CHECK(text.substr(0, magic.size()) == magic.substr(0, text.size()), origin,
             ": is not a file of losses (it does not begin with ", magic, "); choose another --output");
  if (!HasRows(text) || mode == LedgerMode::kReplace) {
    return;
  }
  const std::string place = origin + ":1";
  const LossHeader theirs = ParseLossHeader(ParseJson(text.substr(0, text.find('\n')), place), kind, place);
  const std::string differences = DifferencesText(theirs, ours);
  VFFN_CHECK(differences.empty(), origin,
             ": the losses are of a run with other settings. Go on with that run (--resume, with its "
             "settings), replace it (--overwrite), or choose another --output:",
             differences);
  VFFN_CHECK(mode == LedgerMode::kResume, origin,
             ": there are losses already, of the same settings. Go on with them (--resume), replace them "
             "(--overwrite), or choose another --output");
}

}  // namespace

OrderedJson ToJson(const LossHeader& header, const char* kind) {
  OrderedJson json = {{kind, kLossSchema},
                      {"identity", ToJson(header.identity)},
                      {"window", ToJson(header.window)},
                      {"text_sha256", header.text_sha256},
                      {"program_version", header.program_version},
                      {"model", header.model}};
  if (header.untrained) {
    json["untrained"] = true;
  }
  return json;
}

LossHeader ParseLossHeader(const Json& row, const char* kind, const std::string& origin) {
  const Fields fields(row, origin);
  VFFN_CHECK(fields.Has(kind), origin, ": not a file of losses (it has no ", kind, ")");
  VFFN_CHECK(fields.Integer(kind, 1) <= kLossSchema, origin, ": written by a newer program; use that one");
  const RunIdentity identity = ParseRunIdentity(fields.Require("identity"), origin);
  return {.identity = identity,
          .window = WindowOf(fields, identity, origin),
          .text_sha256 = fields.Get<std::string>("text_sha256"),
          .program_version = fields.Get<std::string>("program_version"),
          .model = fields.Get<std::string>("model"),
          .untrained = fields.Get<bool>("untrained", false)};
}

std::vector<LossHeaderDifference> DifferencesOf(const LossHeader& a, const LossHeader& b) {
  std::vector<LossHeaderDifference> differences;
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

size_t WholeRows(std::string_view text) {
  const size_t newline = text.rfind('\n');
  return newline == std::string_view::npos ? 0 : newline + 1;
}

bool HasLosses(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string header, row;
  return std::getline(file, header) && std::getline(file, row) && !file.eof();
}

void CheckLossFile(const std::filesystem::path& path, const LossHeader& header, const char* kind,
                   LedgerMode mode) {
  if (std::filesystem::exists(path)) {
    CheckText(AppendFile(path).Read(), header, kind, mode, path.string());
  }
}

std::string BeginLossFile(AppendFile& file, const LossHeader& header, const char* kind, LedgerMode mode) {
  std::string text = file.Read();
  CheckText(text, header, kind, mode, file.path().string());
  const size_t size = text.size();
  text.resize(HasRows(text) && mode != LedgerMode::kReplace ? WholeRows(text) : 0);
  if (text.size() < size) {
    file.Truncate(static_cast<int64_t>(text.size()));
  }
  if (text.empty()) {
    file.Append(ToJson(header, kind).dump());
  }
  return text;
}

}  // namespace vffn
