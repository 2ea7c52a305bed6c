#include "apps/options/shard_option.h"

#include <iostream>

#include "base/error.h"

namespace vffn {

void AddShardOption(std::string& text, Command& command) {
  command
      .Add(
          "--shard RANK/COUNT", &text,
          "Do the share RANK (from 0) of COUNT processes: 0/16 to 15/16 together are the whole run. The last "
          "one to finish in a shared --output joins the parts; else 'vffn merge' does. none: do the "
          "whole work, whatever the launcher says.")
      .Default("as torchrun, MPI, Slurm or Kubernetes says (docs/cluster.md)");
}

LaunchPlace PlaceOf(const std::string& text) {
  if (text == "none") {
    return {};
  }
  if (!text.empty()) {
    return {.shard = ParseShard(text)};
  }
  try {
    const LaunchPlace place = ReadLaunchPlace();
    if (!place.note.empty()) {
      std::cerr << "vffn: note: " << place.note << '\n';
    }
    if (!place.shard.whole()) {
      std::cerr << "vffn: rank " << place.shard.rank << " of " << place.shard.count << " (" << place.origin
                << "): does its share; --shard none does the whole work\n";
    }
    return place;
  } catch (const Error& error) {
    Fail(error.what(), "; --shard none does the whole work, whatever the variables say");
  }
}

std::string PartText(const Shard& shard, const std::string& what, int finished, const std::string& output) {
  const std::string count = std::to_string(shard.count);
  const std::string done = "part " + ToString(shard) + " is done (" + what + "); ";
  return finished == shard.count
             ? done + "all " + count + " parts are in " + output +
                   ", and another process joins them; if it died: vffn merge " + output + "\n"
             : done + std::to_string(finished) + " of " + count + " parts are in " + output +
                   ". The last one joins them, or: vffn merge " + output + "\n";
}

}  // namespace vffn
