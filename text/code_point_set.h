// Sets of code points.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "text/unicode16.h"

namespace vffn {

/// Any set of code points 0..0x10FFFF.
class CodePointSet {
 public:
  static constexpr uint32_t kLast = 0x10FFFF;

  CodePointSet() = default;
  CodePointSet(std::initializer_list<CodePointRange> ranges) : CodePointSet(std::span(ranges)) {}
  explicit CodePointSet(std::span<const CodePointRange> ranges);  ///< in any order

  static CodePointSet Of(uint32_t code) { return {{code, code}}; }

  /// Ascending, with gaps between them.
  std::span<const CodePointRange> ranges() const { return ranges_; }
  bool Contains(uint32_t code) const;

  CodePointSet operator~() const;
  CodePointSet operator|(const CodePointSet& other) const;
  CodePointSet operator&(const CodePointSet& other) const;
  CodePointSet operator-(const CodePointSet& other) const { return *this & ~other; }
  bool operator==(const CodePointSet& other) const;

 private:
  std::vector<CodePointRange> ranges_;
};

/// Membership of a set by table. 1.1 MB.
class CodePointTable {
 public:
  explicit CodePointTable(const CodePointSet& set);
  bool operator[](uint32_t code) const { return flags_[code] != 0; }

 private:
  std::vector<uint8_t> flags_;
};

}  // namespace vffn
