#include "base/launch_place.h"

#include <charconv>
#include <cstdlib>

#include "base/error.h"

namespace vffn {
namespace {

bool IsSet(const char* name) { return !EnvironmentText(name).empty(); }

std::optional<int> WholeNumber(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// A launcher that says the rank in one variable and the number of processes in another.
struct Launcher {
  const char* rank;
  const char* count;
  const char* local_rank;  ///< on its machine
  const char* local_count;
  const char* who;  ///< sets them, for messages
};

constexpr Launcher kTorchrun = {"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "torchrun sets both"};
constexpr Launcher kOpenMpi = {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK",
                               "OMPI_COMM_WORLD_LOCAL_SIZE", "mpirun sets both"};
constexpr Launcher kPmi = {"PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS", "mpiexec sets both"};
constexpr Launcher kKubernetes = {"JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", "", "",
                                  "Kubernetes sets the index of an indexed job, and the job's container must "
                                  "set JOB_COMPLETIONS in its env to the job's number of completions"};

std::optional<int> OptionalNumber(const char* name, int least) {
  return IsSet(name) ? std::optional(EnvironmentNumber(name, least, kMostRanks)) : std::nullopt;
}

/// Nothing if neither variable is set.
std::optional<LaunchPlace> PlaceOf(const Launcher& launcher) {
  if (!IsSet(launcher.rank) && !IsSet(launcher.count)) {
    return std::nullopt;
  }
  for (const auto& [present, absent] :
       {std::pair(launcher.rank, launcher.count), std::pair(launcher.count, launcher.rank)}) {
    VFFN_CHECK(IsSet(absent), "the environment variable ", absent, " is not set, but ", present,
               " is: ", launcher.who, "; set both, or neither to run one process");
  }
  const int count = EnvironmentNumber(launcher.count, 1, kMostRanks);
  return LaunchPlace{.shard = {.rank = EnvironmentNumber(launcher.rank, 0, count - 1), .count = count},
                     .local_rank = OptionalNumber(launcher.local_rank, 0),
                     .local_count = OptionalNumber(launcher.local_count, 1),
                     .origin = std::string(launcher.rank) + " and " + launcher.count};
}

/// A batch script has the job's SLURM_NTASKS, but it is one process: it starts the others with srun, which
/// says how many there are in SLURM_STEP_NUM_TASKS.
std::optional<LaunchPlace> SlurmPlace() {
  if (!IsSet("SLURM_PROCID")) {
    return std::nullopt;  // a shell of salloc
  }
  const bool in_step = IsSet("SLURM_STEP_NUM_TASKS");
  const char* count_name = in_step ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS";
  const int count = IsSet(count_name) ? EnvironmentNumber(count_name, 1, kMostRanks) : 1;
  const int rank = EnvironmentNumber("SLURM_PROCID", 0, count - 1);
  const std::string origin = std::string("SLURM_PROCID and ") + count_name;
  if (!in_step && !IsSet("SLURM_STEP_ID") && IsSet("SLURM_JOB_ID") && rank == 0 && count > 1) {
    return LaunchPlace{.origin = origin,
                       .note = "SLURM_NTASKS is " + std::to_string(count) +
                               ", but srun did not start this process: it does the whole work alone. To "
                               "share it among the tasks, write srun before the command"};
  }
  return LaunchPlace{.shard = {.rank = rank, .count = count},
                     .local_rank = OptionalNumber("SLURM_LOCALID", 0),  // cores are the task's own
                     .origin = origin};
}

}  // namespace

Shard ParseShard(const std::string& text) {
  const size_t slash = text.find('/');
  const std::optional<int> rank = WholeNumber(text.substr(0, slash));
  const std::optional<int> count =
      slash == std::string::npos ? std::nullopt : WholeNumber(text.substr(slash + 1));
  VFFN_CHECK(rank && count && *count >= 1 && *count <= kMostRanks, "--shard ", text,
             ": expected RANK/COUNT, such as 3/16, or none");
  VFFN_CHECK(*rank >= 0 && *rank < *count, "--shard ", text, ": shards are counted from 0: those of ", *count,
             " are 0/", *count, " to ", *count - 1, "/", *count);
  return {.rank = *rank, .count = *count};
}

std::string ToString(const Shard& shard) {
  return std::to_string(shard.rank) + "/" + std::to_string(shard.count);
}

std::optional<LaunchPlace> ReadTorchrunPlace() { return PlaceOf(kTorchrun); }

LaunchPlace ReadLaunchPlace() {
  for (const Launcher& launcher : {kTorchrun, kOpenMpi, kPmi}) {
    if (auto place = PlaceOf(launcher)) {
      return *place;
    }
  }
  if (auto place = SlurmPlace()) {
    return *place;
  }
  return IsSet(kKubernetes.rank) ? *PlaceOf(kKubernetes) : LaunchPlace();
}

std::string_view EnvironmentText(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

int EnvironmentNumber(const char* name, int least, int most) {
  const std::string_view text = EnvironmentText(name);
  const std::optional<int> number = WholeNumber(text);
  VFFN_CHECK(number && *number >= least && *number <= most, "the environment variable ", name, " is '", text,
             "', expected a number from ", least, " to ", most);
  return *number;
}

}  // namespace vffn
