// Reading zip archives whose entries are not compressed, as torch.save writes them.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace vffn {

/// The entries of an archive by name. `bytes` (the whole file) must outlive them. Zip64 is supported. Throws
/// Error, beginning with `origin`, if the archive is corrupt or has several parts, or if an entry is
/// compressed, encrypted or there twice. Checksums are not verified, because torch can be told not to compute
/// them.
std::map<std::string, std::string_view, std::less<>> ReadZip(std::string_view bytes,
                                                             const std::string& origin);

}  // namespace vffn
