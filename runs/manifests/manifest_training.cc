#include "runs/manifests/manifest_training.h"

#include <algorithm>
#include <set>

#include "base/error.h"

namespace vffn {
namespace {

std::string SeedName(const std::string& method, uint64_t seed) {
  return method + " (seed " + std::to_string(seed) + ")";
}

SeededCheckpoint ForSeed(const SeededCheckpoint& checkpoint, uint64_t seed) {
  SeededCheckpoint seeded = checkpoint;
  seeded.seed = seed;
  for (const char* name : {"name", "continues", "trained", "control_of"}) {
    if (const auto field = seeded.json.find(name); field != seeded.json.end() && field->is_string()) {
      *field = SeedName(field->get<std::string>(), seed);
    }
  }
  return seeded;
}

Json ObjectOf(const Fields& fields, const char* name) {
  const Json* value = fields.Find(name);
  VFFN_CHECK(value == nullptr || value->is_object(), fields.Where(name), " is ", value->dump(),
             ", should be an object");
  return value == nullptr ? Json::object() : *value;
}

/// The configuration of a run: that of all runs, changed by its own.
Json MergedConfig(const Fields& fields, const Fields& manifest, const SeededCheckpoint& checkpoint) {
  Json config = ObjectOf(manifest, "training");
  if (fields.Has("continues")) {
    config.merge_patch(ObjectOf(manifest, "continuation"));
    config.erase("model");
  }
  config.merge_patch(ObjectOf(fields, "train"));
  VFFN_CHECK(!config.contains("from"), fields.Where("train"),
             " has `from`; name the checkpoint of this manifest in `continues`");
  if (checkpoint.seed) {
    const uint64_t seed = config.contains("seed") ? ToUnsigned(config["seed"], fields.PlaceOf("seed")) : 0;
    config["seed"] = seed + *checkpoint.seed;
  }
  return config;
}

StudyTablePlan ParseStudyTable(const Fields& fields, const std::set<std::string>& methods) {
  StudyTablePlan table{.name = fields.Get<std::string>("name"),
                       .title = fields.Get<std::string>("title"),
                       .baseline = fields.Get<std::string>("baseline"),
                       .rows = fields.Get<std::vector<std::string>>("rows")};
  fields.RefuseUnknown();
  for (const std::string& row : table.rows) {
    VFFN_CHECK(methods.contains(row), fields.Where("rows"), " has \"", row,
               "\", which no checkpoint is named");
  }
  VFFN_CHECK(methods.contains(table.baseline), fields.Where("baseline"), " is \"", table.baseline,
             "\", which no checkpoint is named");
  return table;
}

}  // namespace

std::vector<SeededCheckpoint> ExpandSeeds(const Fields& manifest) {
  const auto elements = ToElements(manifest.Require("checkpoints"), manifest.PlaceOf("checkpoints"));
  VFFN_CHECK(!elements.empty(), manifest.Where("checkpoints"), " should be a list of at least one");
  std::vector<SeededCheckpoint> expanded;
  for (size_t i = 0; i < elements.size(); ++i) {
    SeededCheckpoint checkpoint{.json = *elements[i],
                                .where = manifest.Where("checkpoints") + "[" + std::to_string(i) + "]"};
    const Fields fields(checkpoint.json, checkpoint.where);
    checkpoint.method = fields.Get<std::string>("name");
    if (!fields.Has("seeds")) {
      expanded.push_back(std::move(checkpoint));
      continue;
    }
    const auto seeds = fields.Get<std::vector<uint64_t>>("seeds");
    VFFN_CHECK(!seeds.empty() && std::set(seeds.begin(), seeds.end()).size() == seeds.size(),
               fields.Where("seeds"), " should be a list of different numbers");
    for (const uint64_t seed : seeds) {
      expanded.push_back(ForSeed(checkpoint, seed));
    }
  }
  return expanded;
}

void ParseOrigin(const Fields& fields, const Fields& manifest, const SeededCheckpoint& checkpoint,
                 const std::filesystem::path& path, ManifestEntry& entry) {
  entry.method = checkpoint.method;
  entry.seed = checkpoint.seed;
  fields.Find("seeds");
  const bool trains = fields.Has("train") || fields.Has("continues");
  const int origins = (fields.Has("model") ? 1 : 0) + (fields.Has("trained") ? 1 : 0) + (trains ? 1 : 0);
  VFFN_CHECK(origins == 1, entry.where,
             ": give one of model (a checkpoint), train (how it is trained here) and "
             "trained (the name of one that is trained here)");
  entry.model = ResolveIn(path, fields.Get<std::string>("model", ""));
  entry.trained = fields.Get<std::string>("trained", "");
  entry.controls = fields.Get<std::vector<std::string>>("controls", {});
  if (trains) {
    entry.training = {.config = MergedConfig(fields, manifest, checkpoint).dump(),
                      .continues = fields.Get<std::string>("continues", "")};
  }
}

void CheckOrder(const Manifest& manifest) {
  std::set<std::string> above;
  for (const ManifestEntry& entry : manifest.checkpoints) {
    for (const std::string& name : {entry.trained, entry.training ? entry.training->continues : ""}) {
      VFFN_CHECK(name.empty() || above.contains(name), entry.where, ": \"", name,
                 "\" is no checkpoint above it that this manifest trains");
    }
    if (entry.training) {
      above.insert(entry.name);
    }
  }
}

std::vector<StudyTablePlan> ParseStudy(const Fields& manifest,
                                       const std::vector<ManifestEntry>& checkpoints) {
  std::vector<StudyTablePlan> tables;
  const std::optional<Fields> study = manifest.OptionalObject("study");
  if (!study) {
    return tables;
  }
  std::set<std::string> methods;
  for (const ManifestEntry& entry : checkpoints) {
    methods.insert(entry.method);
  }
  const auto elements = ToElements(study->Require("tables"), study->PlaceOf("tables"));
  for (size_t i = 0; i < elements.size(); ++i) {
    const std::string where = study->Where("tables") + "[" + std::to_string(i) + "]";
    tables.push_back(ParseStudyTable(Fields(*elements[i], where), methods));
  }
  study->RefuseUnknown();
  return tables;
}

std::filesystem::path ResolveIn(const std::filesystem::path& manifest, const std::string& path) {
  return path.empty() ? std::filesystem::path() : (manifest.parent_path() / path).lexically_normal();
}

}  // namespace vffn
