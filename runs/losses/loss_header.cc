#include "runs/losses/loss_header.h"

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

void CheckSameRun(const LossHeader& ours, const LossHeader& theirs, const std::string& origin) {
  std::string text;
  for (const LossHeaderDifference& difference : DifferencesOf(theirs, ours)) {
    text += "\n  " + difference.field + ": " + difference.a + " in the file, " + difference.b + " now";
  }
  VFFN_CHECK(text.empty(), origin, ": the losses are of another run; choose another folder:", text);
}

}  // namespace vffn
