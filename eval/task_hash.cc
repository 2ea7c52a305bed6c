#include "eval/task_hash.h"

#include "base/sha256.h"

namespace vffn {
namespace {

std::string HashOf(std::string_view text) {
  Sha256 hash;
  hash.Update(text);
  return hash.Hex();
}

}  // namespace

SampleHashes HashesOf(const TaskRun& run, size_t index) {
  const Example& example = run.examples[index];
  return {.doc = HashOf(run.docs[index].dump(2)),
          .prompt = HashOf(example.choices[0].context),
          .target = HashOf(std::to_string(example.gold))};
}

std::string TaskHash(const TaskRun& run) {
  Sha256 hash;
  for (size_t i = 0; i < run.examples.size(); ++i) {
    const SampleHashes hashes = HashesOf(run, i);
    hash.Update(hashes.doc);
    hash.Update(hashes.prompt);
    hash.Update(hashes.target);
  }
  return hash.Hex();
}

}  // namespace vffn
