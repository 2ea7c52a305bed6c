// The processor that the program runs on.
#pragma once

#include <filesystem>
#include <string>

namespace vffn {

/// "Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz"; "unknown" if the system does not tell.
std::string ProcessorName();

/// What follows "KEY :" in a file of the kernel, such as /proc/cpuinfo; empty if there is no such line.
std::string KernelFileValue(const std::filesystem::path& path, const std::string& key);

}  // namespace vffn
