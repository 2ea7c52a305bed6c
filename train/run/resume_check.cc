#include "train/run/resume_check.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/error.h"

namespace vffn {
namespace {

/// Fields that do not decide the weights, or that the data's fingerprint or Machine tells about. The
/// tokenizer is in the run's folder.
constexpr std::array<std::string_view, 10> kFree = {"log_every",  "checkpoints.",  "evaluation.",
                                                    "data.train", "data.held_out", "device",
                                                    "threads",    "micro_batch",   "activation_checkpointing",
                                                    "tokenizer"};

/// "/data/train/0" as "data.train.0".
std::string DottedName(std::string pointer) {
  std::ranges::replace(pointer, '/', '.');
  return pointer.substr(1);
}

bool IsFree(const std::string& name) {
  return std::ranges::any_of(kFree, [&](std::string_view free) {
    return name == free || (name.starts_with(free) && (free.ends_with('.') || name[free.size()] == '.'));
  });
}

/// "steps was 100 and is now 200; ..." of all fields that differ; empty if none does.
std::string NamedDifferences(const Json& was, const Json& now) {
  const Json before = was.flatten(), after = now.flatten();
  std::string differences;
  const auto add = [&](const std::string& pointer, const std::string& old, const std::string& current) {
    const std::string name = DottedName(pointer);
    if (old != current && !IsFree(name)) {
      differences.append(differences.empty() ? "" : "; ").append(name).append(" was ").append(old);
      differences.append(" and is now ").append(current);
    }
  };
  for (const auto& [pointer, value] : before.items()) {
    add(pointer, value.dump(), after.contains(pointer) ? after[pointer].dump() : "absent");
  }
  for (const auto& [pointer, value] : after.items()) {
    if (!before.contains(pointer)) {
      add(pointer, "absent", value.dump());
    }
  }
  return differences;
}

}  // namespace

void CheckResumable(const std::filesystem::path& checkpoint, const TrainingState& state,
                    const ResumedRun& run) {
  const std::string configuration = NamedDifferences(state.config, Json::parse(ToJson(*run.config).dump()));
  VFFN_CHECK(configuration.empty(), checkpoint.string(),
             ": belongs to a run of another configuration: ", configuration,
             ". Restore the configuration, or begin a new run, with this checkpoint as \"from\"");
  VFFN_CHECK(state.data_sha256 == run.data_sha256, checkpoint.string(),
             ": the run was trained on other data: the SHA-256 of the token files was ", state.data_sha256,
             " and is now ", run.data_sha256, ". Restore the token files, or begin a new run");
  if (!run.allow_different_machine) {
    const std::string machine = NamedDifferences({{"machine", Json::parse(ToJson(state.machine).dump())}},
                                                 {{"machine", Json::parse(ToJson(run.machine).dump())}});
    VFFN_CHECK(machine.empty(), checkpoint.string(), ": ", machine,
               ". The weights would differ in their last bits from those of an uninterrupted run. Go on as "
               "before, or allow it with --allow_different_machine");
  }
}

}  // namespace vffn
