#include "runs/provenance.h"

#include "base/atomic_file.h"
#include "base/fields.h"
#include "base/json.h"

namespace vffn {

void WriteProvenance(const std::filesystem::path& path, const Upcycling& upcycling) {
  const OrderedJson json = {
      {"upcycled", {{"from", upcycling.from}, {"ffn", upcycling.ffn}, {"seed", upcycling.seed}}},
      {"untrained", true}};
  WriteFileAtomically(path, json.dump(2) + "\n");
}

void WriteProvenance(const std::filesystem::path& path, const Initial& initial) {
  OrderedJson initialised = {
      {"config", initial.config}, {"seed", initial.seed}, {"program", "vffn " + initial.program.version}};
  if (initial.program.git_hash) {
    initialised["commit"] = *initial.program.git_hash;
  }
  WriteFileAtomically(path, OrderedJson{{"initialised", initialised}, {"untrained", true}}.dump(2) + "\n");
}

void WriteProvenance(const std::filesystem::path& path, const TrainingProvenance& training) {
  OrderedJson trained = {{"from", training.from.empty() ? "random weights" : training.from},
                         {"upcycled", training.upcycled},
                         {"steps", training.steps},
                         {"tokens", training.tokens},
                         {"config_sha256", training.config_sha256},
                         {"program", "vffn " + training.program.version}};
  if (training.program.git_hash) {
    trained["commit"] = *training.program.git_hash;
  }
  WriteFileAtomically(path, OrderedJson{{"trained", trained}, {"untrained", false}}.dump(2) + "\n");
}

bool IsUntrained(const std::filesystem::path& model) {
  const std::filesystem::path path = model / kProvenanceFile;
  if (!std::filesystem::is_regular_file(path)) {
    return false;
  }
  const Json json = ReadJsonFile(path);
  return Fields(json, path.string()).Get<bool>("untrained");
}

}  // namespace vffn
