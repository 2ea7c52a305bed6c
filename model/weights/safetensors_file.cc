#include "model/weights/safetensors_file.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "model/weights/byte_reader.h"

namespace vffn {
namespace {

constexpr uint64_t kMaxHeader = 100'000'000;

struct Entry {
  std::string name;
  ElementType type;
  std::vector<int64_t> shape;
  uint64_t begin;
  uint64_t end;
};

/// A list of whole numbers from 0.
std::vector<int64_t> Numbers(const Fields& tensor, const char* field) {
  std::vector<int64_t> numbers;
  for (const Json* number : ToElements(tensor.Require(field), tensor.PlaceOf(field))) {
    numbers.push_back(ToInteger(*number, tensor.PlaceOf(field), 0, std::numeric_limits<int64_t>::max()));
  }
  return numbers;
}

Entry ReadEntry(const std::string& name, const Json& json, const std::string& origin) {
  const Fields tensor(json, origin + ": tensor " + name);
  const auto dtype = tensor.Get<std::string>("dtype");
  const std::optional<ElementType> type = ElementTypeNamed(dtype);
  VFFN_CHECK(type && FormatOf(*type).block_elements == 1, tensor.Where("dtype"), " \"", dtype,
             "\" is not supported");
  const std::vector<int64_t> shape = Numbers(tensor, "shape");
  const std::vector<int64_t> offsets = Numbers(tensor, "data_offsets");
  VFFN_CHECK(offsets.size() == 2 && offsets[0] <= offsets[1], tensor.Where("data_offsets"), " is ",
             tensor.Require("data_offsets").dump(), ", should be a begin and an end");
  tensor.RefuseUnknown();
  return {name, *type, shape, static_cast<uint64_t>(offsets[0]), static_cast<uint64_t>(offsets[1])};
}

void CheckFreeText(const Json& metadata, const std::string& origin) {
  const Fields fields(metadata, origin, "__metadata__");
  for (const auto& [key, value] : metadata.items()) {
    ToText(value, fields.PlaceOf(key));
  }
}

}  // namespace

std::vector<TensorView> ReadSafetensors(std::string_view bytes, const std::string& origin) {
  ByteReader reader(bytes, origin);
  const auto header_size = reader.Read<uint64_t>("header length");
  VFFN_CHECK(header_size <= kMaxHeader, origin, ": not a safetensors file: a header of ", header_size,
             " bytes, at most ", kMaxHeader, " are allowed");
  const std::string_view header = reader.Take(header_size, "header");
  VFFN_CHECK(header.starts_with('{'), origin,
             ": not a safetensors file: the header at byte 8 does not begin with {");
  const Json json = ParseJson(header, origin + " (header)");
  std::vector<Entry> entries;
  for (const auto& [name, value] : json.items()) {
    if (name == "__metadata__") {
      CheckFreeText(value, origin);
    } else {
      entries.push_back(ReadEntry(name, value, origin));
    }
  }
  std::ranges::sort(entries, {}, [](const Entry& entry) { return std::pair(entry.begin, entry.end); });
  const std::string_view data = bytes.substr(reader.position());
  std::vector<TensorView> tensors;
  uint64_t expected = 0;
  for (Entry& entry : entries) {
    VFFN_CHECK(entry.begin == expected, origin, ": tensor ", entry.name, " begins at data byte ", entry.begin,
               ", should at ", expected, ": tensors must follow each other without gaps or overlaps");
    VFFN_CHECK(entry.end <= data.size(), origin, ": truncated: tensor ", entry.name, " ends at data byte ",
               entry.end, ", the file has ", data.size());
    tensors.push_back(MakeTensorView(std::move(entry.name), entry.type, std::move(entry.shape),
                                     data.substr(entry.begin, entry.end - entry.begin), origin));
    expected = entry.end;
  }
  VFFN_CHECK(expected == data.size(), origin, ": ", data.size() - expected,
             " bytes after the last tensor belong to none");
  return tensors;
}

}  // namespace vffn
