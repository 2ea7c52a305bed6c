#include "train/run/launch_environment.h"

#include <limits>

#include "base/error.h"
#include "base/launch_place.h"

namespace vffn {
namespace {

std::string_view RequiredText(const char* name) {
  const std::string_view value = EnvironmentText(name);
  VFFN_CHECK(!value.empty(), "the environment variable ", name,
             " is not set, but others of the same launch are: torchrun sets RANK, WORLD_SIZE, LOCAL_RANK, "
             "MASTER_ADDR and MASTER_PORT; set all of them, or neither RANK nor WORLD_SIZE to train with one "
             "process");
  return value;
}

}  // namespace

LaunchEnvironment ReadLaunchEnvironment() {
  LaunchEnvironment launch;
  const std::optional<LaunchPlace> place = ReadTorchrunPlace();
  if (!place) return launch;
  launch.world_size = place->shard.count;
  launch.rank = place->shard.rank;
  launch.local_rank = EnvironmentText("LOCAL_RANK").empty()
                          ? launch.rank
                          : EnvironmentNumber("LOCAL_RANK", 0, launch.world_size - 1);
  if (launch.world_size == 1) return launch;
  launch.address = RequiredText("MASTER_ADDR");
  RequiredText("MASTER_PORT");
  launch.port = static_cast<std::uint16_t>(
      EnvironmentNumber("MASTER_PORT", 1, std::numeric_limits<std::uint16_t>::max()));
  launch.torchrun_listens = EnvironmentText("TORCHELASTIC_USE_AGENT_STORE") == "True";
  return launch;
}

}  // namespace vffn
