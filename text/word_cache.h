// The ids of words met lately.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace vffn {

/// A fixed number of short words, each in the one place its hash gives: a newcomer displaces. 2 MB.
class WordCache {
 public:
  static constexpr size_t kMaxBytes = 23;
  static constexpr size_t kMaxIds = 9;

  /// A word of 1 to kMaxBytes bytes, padded.
  class Key {
   public:
    explicit Key(std::string_view word) {
      std::array<char, 24> bytes{};
      bytes[0] = static_cast<char>(word.size());
      std::memcpy(bytes.data() + 1, word.data(), word.size());
      std::memcpy(parts_.data(), bytes.data(), bytes.size());
    }
    size_t Place() const {
      const uint64_t mixed = (parts_[0] * 0x9E3779B97F4A7C15u) ^ (parts_[1] * 0xC2B2AE3D27D4EB4Fu) ^
                             (parts_[2] * 0x165667B19E3779F9u);
      return static_cast<size_t>(((mixed ^ mixed >> 32) * 0x9E3779B97F4A7C15u) >> (64 - kLogEntries));
    }
    bool operator==(const Key&) const = default;

   private:
    friend class WordCache;
    Key() = default;
    std::array<uint64_t, 3> parts_{};
  };

  /// Appends the ids of a word and returns true, or returns false. Forgets all words if `owner` is not the
  /// last one.
  bool Find(uint64_t owner, const Key& key, std::vector<TokenId>& ids) {
    if (owner != owner_) {
      entries_.assign(size_t{1} << kLogEntries, Entry{});
      owner_ = owner;
    }
    const Entry& entry = entries_[key.Place()];
    if (entry.key != key) {
      return false;
    }
    ids.insert(ids.end(), entry.ids.begin(), entry.ids.begin() + entry.count);
    return true;
  }

  /// Remembers `ids`, unless they are too many. After Find with the same owner.
  void Put(const Key& key, std::span<const TokenId> ids) {
    if (ids.size() <= kMaxIds) {
      Entry& entry = entries_[key.Place()];
      entry.key = key;
      entry.count = static_cast<uint32_t>(ids.size());
      std::copy(ids.begin(), ids.end(), entry.ids.begin());
    }
  }

 private:
  static constexpr int kLogEntries = 15;
  struct alignas(64) Entry {
    Key key;
    uint32_t count = 0;
    std::array<TokenId, kMaxIds> ids{};
  };

  uint64_t owner_ = 0;  // none
  std::vector<Entry> entries_;
};

}  // namespace vffn
