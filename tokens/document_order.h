// The order in which documents are written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vffn {

enum class OrderKind {
  kInput,    ///< the order of the input files and of the documents in them
  kShuffle,  ///< a random permutation of all documents
  kTables,   ///< the order of border tables, dolma's or ours
};

struct OrderOptions {
  OrderKind kind = OrderKind::kInput;
  uint64_t seed = 0;                ///< kShuffle
  std::vector<std::string> tables;  ///< kTables: the documents of a table become one token file
};

/// Gives each document a number; documents are written in ascending order of it, equal numbers in the order
/// of the input. Thread safe once made.
///
/// kShuffle: the number is the first output of Random(seed, "document FILE LOCATION"), FILE being the index
/// of the input file from 0. So the permutation is uniform over the whole corpus and depends on the seed, the
/// sequence of the input files and the documents' lines alone: neither on memory nor on the number of
/// workers.
class DocumentOrder {
 public:
  /// Throws Error if a table cannot be read or names a document twice.
  explicit DocumentOrder(const OrderOptions& options);

  /// Nothing if the document is in none of the tables: it is left out.
  std::optional<uint64_t> KeyOf(size_t file, std::string_view source, int64_t location) const;

  OrderKind kind() const { return options_.kind; }
  int64_t listed() const { return static_cast<int64_t>(keys_.size()); }  ///< documents in the tables

  /// The table that a key of kTables belongs to, from 0.
  static size_t TableOf(uint64_t key) { return key >> kTableShift; }

 private:
  static constexpr int kTableShift = 40;

  OrderOptions options_;
  std::unordered_map<std::string, uint64_t> keys_;  // "SOURCE\0LOCATION"
};

}  // namespace vffn
