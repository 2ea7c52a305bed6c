// Signatures and markers of the records of a zip archive, from PKWARE's APPNOTE.TXT 6.3.
#pragma once

#include <cstdint>

namespace vffn::zip {

inline constexpr uint32_t kLocalHeader = 0x04034b50;
inline constexpr uint32_t kDescriptor = 0x08074b50;
inline constexpr uint32_t kCentralHeader = 0x02014b50;
inline constexpr uint32_t kEnd = 0x06054b50;
inline constexpr uint32_t kEnd64 = 0x06064b50;
inline constexpr uint32_t kEnd64Locator = 0x07064b50;

// A field with this value says that the value is in the zip64 record.
inline constexpr uint32_t kSee64 = 0xffffffff;
inline constexpr uint16_t kSee64Short = 0xffff;

}  // namespace vffn::zip
