#include "tokens/document_order.h"

#include "base/error.h"
#include "base/random.h"
#include "tokens/border_table.h"

namespace vffn {
namespace {

std::string KeyText(std::string_view source, int64_t location) {
  std::string text(source);
  text.append(1, '\0').append(std::to_string(location));
  return text;
}

}  // namespace

DocumentOrder::DocumentOrder(const OrderOptions& options) : options_(options) {
  if (options_.kind != OrderKind::kTables) {
    return;
  }
  uint64_t table = 0;
  for (const std::string& path : options_.tables) {
    BorderTableReader reader(path);
    uint64_t key = table++ << kTableShift;
    for (DocumentBorders row; reader.Next(row);) {
      VFFN_CHECK(keys_.emplace(KeyText(row.source, row.location), key++).second, path, ": names line ",
                 row.location, " of ", row.source, " a second time");
    }
  }
}

std::optional<uint64_t> DocumentOrder::KeyOf(size_t file, std::string_view source, int64_t location) const {
  switch (options_.kind) {
    case OrderKind::kInput:
      return 0;
    case OrderKind::kShuffle:
      return Random(options_.seed, "document " + std::to_string(file) + " " + std::to_string(location))
          .Next();
    case OrderKind::kTables:
      break;
  }
  const auto found = keys_.find(KeyText(source, location));
  return found == keys_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace vffn
