// What torchrun tells the processes it starts, in environment variables.
#pragma once

#include <cstdint>
#include <string>

namespace vffn {

struct LaunchEnvironment {
  int rank = 0;         ///< RANK: the number of this process, from 0
  int world_size = 1;   ///< WORLD_SIZE: the number of processes on all machines
  int local_rank = 0;   ///< LOCAL_RANK: the number of this process on its machine; the rank if it is not set
  std::string address;  ///< MASTER_ADDR: the machine where the processes find each other
  std::uint16_t port = 0;  ///< MASTER_PORT
  /// TORCHELASTIC_USE_AGENT_STORE=True: torchrun listens at this address and port. Otherwise rank 0 does.
  bool torchrun_listens = false;
};

/// One process if neither RANK nor WORLD_SIZE is set. `address` and `port` are read for two processes or
/// more. Throws Error that names the variable: missing while others are there, or malformed.
LaunchEnvironment ReadLaunchEnvironment();

}  // namespace vffn
