#include "apps/provenance.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/json.h"

namespace vffn {

void WriteProvenance(const std::filesystem::path& path, const Upcycling& upcycling) {
  const OrderedJson json = {
      {"upcycled", {{"from", upcycling.from}, {"ffn", upcycling.ffn}, {"seed", upcycling.seed}}},
      {"untrained", true}};
  WriteFileAtomically(path, json.dump(2) + "\n");
}

bool IsUntrained(const std::filesystem::path& model) {
  const std::filesystem::path path = model / kProvenanceFile;
  if (!std::filesystem::is_regular_file(path)) {
    return false;
  }
  const Json json = ReadJsonFile(path);
  VFFN_CHECK(json.is_object() && json.contains("untrained") && json["untrained"].is_boolean(), path.string(),
             ": untrained should be true or false");
  return json["untrained"].get<bool>();
}

}  // namespace vffn
