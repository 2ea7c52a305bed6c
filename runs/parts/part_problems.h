// What hinders parts from being joined, collected so that one message names everything.
#pragma once

#include <string>
#include <vector>

#include "runs/parts/merge.h"

namespace vffn {

class PartProblems {
 public:
  void Add(std::string problem) { problems_.push_back(std::move(problem)); }

  // Of one part, with what to do.
  void AddUnfinished(const RunPart& part, const std::string& problem);  ///< run the rank again with --resume
  void AddDamaged(const RunPart& part, const std::string& problem);  ///< remove the part, run the rank again

  /// Throws Error listing them, if there are any; of very many the first ones.
  void Check() const;

 private:
  std::vector<std::string> problems_;
};

/// The parts in all folders of the options that have `file`, by rank. Parts of different counts, ranks that
/// are there twice and ranks that are missing are added to the problems.
std::vector<RunPart> CollectParts(const MergeOptions& options, const std::string& file,
                                  PartProblems& problems);

}  // namespace vffn
