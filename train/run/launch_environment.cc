#include "train/run/launch_environment.h"

#include <charconv>
#include <cstdlib>
#include <limits>
#include <string_view>

#include "base/error.h"

namespace vffn {
namespace {

// Empty if it is not set.
std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string_view RequiredVariable(const char* name) {
  const std::string_view value = Variable(name);
  VFFN_CHECK(!value.empty(), "the environment variable ", name,
             " is not set, but others of the same launch are: torchrun sets RANK, WORLD_SIZE, LOCAL_RANK, "
             "MASTER_ADDR "
             "and MASTER_PORT; set all of them, or neither RANK nor WORLD_SIZE to train with one process");
  return value;
}

int Number(const char* name, int least, int most) {
  const std::string_view text = RequiredVariable(name);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  VFFN_CHECK(error == std::errc() && end == text.data() + text.size() && number >= least && number <= most,
             "the environment variable ", name, " is '", text, "', expected a number from ", least, " to ",
             most);
  return number;
}

}  // namespace

LaunchEnvironment ReadLaunchEnvironment() {
  LaunchEnvironment launch;
  if (Variable("RANK").empty() && Variable("WORLD_SIZE").empty()) return launch;
  constexpr int kMostProcesses = 1 << 20;
  launch.world_size = Number("WORLD_SIZE", 1, kMostProcesses);
  launch.rank = Number("RANK", 0, launch.world_size - 1);
  launch.local_rank =
      Variable("LOCAL_RANK").empty() ? launch.rank : Number("LOCAL_RANK", 0, launch.world_size - 1);
  if (launch.world_size == 1) return launch;
  launch.address = RequiredVariable("MASTER_ADDR");
  launch.port =
      static_cast<std::uint16_t>(Number("MASTER_PORT", 1, std::numeric_limits<std::uint16_t>::max()));
  launch.torchrun_listens = Variable("TORCHELASTIC_USE_AGENT_STORE") == "True";
  return launch;
}

}  // namespace vffn
