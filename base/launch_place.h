// The place of this process among those that a launcher started, from the environment variables it sets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vffn {

/// Process `rank` of `count` that share the work of a run.
struct Shard {
  int rank = 0;   ///< from 0
  int count = 1;  ///< 1: one process does everything

  bool whole() const { return count == 1; }
  bool operator==(const Shard&) const = default;
};

inline constexpr int kMostRanks = 1 << 20;

/// "3/16": rank 3 of 16, the ranks being 0 to 15. Throws Error naming --shard if it is anything else.
Shard ParseShard(const std::string& text);

/// "3/16".
std::string ToString(const Shard& shard);

struct LaunchPlace {
  Shard shard;
  std::optional<int> local_rank;   ///< among the processes of this machine; absent: not said
  std::optional<int> local_count;  ///< processes of this machine; absent: not said, or each has its own cores
  std::string origin;              ///< the variables, "RANK and WORLD_SIZE"; empty: no launcher set any
  std::string note;                ///< for the user, about variables that are not followed; mostly empty
};

/// What torchrun sets: RANK and WORLD_SIZE. Nothing if neither is set. Throws Error naming the variable if
/// only one is set or a value is malformed.
std::optional<LaunchPlace> ReadTorchrunPlace();

/// What any launcher sets. The first that is there, in this order, for a launcher may run inside another one:
///   torchrun          RANK, WORLD_SIZE; LOCAL_RANK, LOCAL_WORLD_SIZE
///   Open MPI          OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE; the same with _LOCAL_
///   MPICH, Intel MPI  PMI_RANK, PMI_SIZE; MPI_LOCALRANKID, MPI_LOCALNRANKS
///   Slurm             SLURM_PROCID with SLURM_STEP_NUM_TASKS, or without it SLURM_NTASKS; SLURM_LOCALID
///   Kubernetes        JOB_COMPLETION_INDEX, and JOB_COMPLETIONS, which the job must set itself
/// One process if there is none. A batch script of Slurm that runs outside srun is one process, too, whatever
/// SLURM_NTASKS says: then `note` says so. Throws Error as ReadTorchrunPlace.
LaunchPlace ReadLaunchPlace();

/// The value of a variable; empty if it is not set.
std::string_view EnvironmentText(const char* name);

/// Throws Error naming the variable if its value is not a whole number in that range.
int EnvironmentNumber(const char* name, int least, int most);

}  // namespace vffn
