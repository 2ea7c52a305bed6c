// What a manifest says about the training of its checkpoints (manifest.h has the format).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/fields.h"
#include "base/json.h"
#include "runs/manifests/manifest.h"

namespace vffn {

/// An element of "checkpoints", for one seed: its name and the names that it refers to are those of the seed.
struct SeededCheckpoint {
  Json json;
  std::string where;   ///< "FILE: checkpoints[0]"
  std::string method;  ///< the name without the seed
  std::optional<uint64_t> seed;
};

/// The elements of "checkpoints", each once for each of its seeds. Throws Error if the list is empty or
/// `seeds` is not a list of different numbers.
std::vector<SeededCheckpoint> ExpandSeeds(const Fields& manifest);

/// Reads model, train, continues, trained and controls into `entry`. Throws Error unless exactly one of
/// model, trained and (train or continues) is given.
void ParseOrigin(const Fields& fields, const Fields& manifest, const SeededCheckpoint& checkpoint,
                 const std::filesystem::path& path, ManifestEntry& entry);

/// Throws Error if a checkpoint continues, or evaluates, one that stands below it or is not trained here.
void CheckOrder(const Manifest& manifest);

/// "study": {"tables": [...]}. Throws Error if a table names a method that no checkpoint has.
std::vector<StudyTablePlan> ParseStudy(const Fields& manifest, const std::vector<ManifestEntry>& checkpoints);

/// A path of the manifest, relative to its folder; empty stays empty.
std::filesystem::path ResolveIn(const std::filesystem::path& manifest, const std::string& path);

}  // namespace vffn
