#include "runs/losses/loss_part.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"

namespace vffn {
namespace {

constexpr int kLossPartSchema = 1;

}  // namespace

LossPart ReadLossPart(const std::filesystem::path& path) {
  const Json json = ReadJsonFile(path);
  const Fields fields(json, path.string());
  VFFN_CHECK(fields.Integer("vffn_part", 1) <= kLossPartSchema, path.string(),
             ": written by a newer program; use that one");
  return {.shard = {.rank = fields.Get<int>("rank"), .count = fields.Get<int>("count")},
          .plan_sha256 = fields.Get<std::string>("plan_sha256"),
          .documents = fields.Count("documents"),
          .all_documents = fields.Count("all_documents"),
          .token_losses = fields.Get<bool>("token_losses", false),
          .trace = fields.Get<std::string>("trace", "")};
}

void WriteLossPart(const std::filesystem::path& path, const LossPart& part) {
  const OrderedJson json = {{"vffn_part", kLossPartSchema},      {"rank", part.shard.rank},
                            {"count", part.shard.count},         {"plan_sha256", part.plan_sha256},
                            {"documents", part.documents},       {"all_documents", part.all_documents},
                            {"token_losses", part.token_losses}, {"trace", part.trace}};
  WriteFileAtomically(path, json.dump() + "\n");
}

}  // namespace vffn
