#include "model/weights/gguf_file.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

// Metadata types, by GGUF's numbers.
enum ValueType : uint32_t {
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kFloat32,
  kBool,
  kString,
  kArray,
  kUint64,
  kInt64,
  kFloat64,
};
constexpr std::array<const char*, 13> kValueTypeNames = {"uint8",  "int8",    "uint16", "int16",  "uint32",
                                                         "int32",  "float32", "bool",   "string", "array",
                                                         "uint64", "int64",   "float64"};
constexpr std::array<uint64_t, 13> kValueTypeBytes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

constexpr uint64_t kMaxAlignment = 1 << 20;

/// Tensor types by GGML's numbers; those not read here are named, for the error.
struct TensorType {
  uint32_t number;
  const char* name;
};
constexpr TensorType kTensorTypes[] = {
    {0, "F32"},     {1, "F16"},    {2, "Q4_0"},     {3, "Q4_1"},    {6, "Q5_0"},     {7, "Q5_1"},
    {8, "Q8_0"},    {9, "Q8_1"},   {10, "Q2_K"},    {11, "Q3_K"},   {12, "Q4_K"},    {13, "Q5_K"},
    {14, "Q6_K"},   {15, "Q8_K"},  {16, "IQ2_XXS"}, {17, "IQ2_XS"}, {18, "IQ3_XXS"}, {19, "IQ1_S"},
    {20, "IQ4_NL"}, {21, "IQ3_S"}, {22, "IQ2_S"},   {23, "IQ4_XS"}, {24, "I8"},      {25, "I16"},
    {26, "I32"},    {27, "I64"},   {28, "F64"},     {29, "IQ1_M"},  {30, "BF16"},    {34, "TQ1_0"},
    {35, "TQ2_0"},  {39, "MXFP4"}, {40, "NVFP4"},
};

std::string TensorTypeName(uint32_t number) {
  for (const TensorType& type : kTensorTypes) {
    if (type.number == number) {
      return type.name;
    }
  }
  return "of GGML type number " + std::to_string(number);
}

const char* TypeName(const GgufValue& value) { return kValueTypeNames[value.type]; }

std::string ReadString(ByteReader& reader, const char* what) {
  const auto length = reader.Read<uint64_t>(what);
  return std::string(reader.Take(length, what));
}

template <class T>
T Scalar(std::string_view bytes, size_t index = 0) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

template <class T>
std::vector<T> Scalars(const GgufValue* value) {
  std::vector<T> all(value == nullptr ? 0 : value->count);
  if (!all.empty()) {
    std::memcpy(all.data(), value->bytes.data(), all.size() * sizeof(T));
  }
  return all;
}

}  // namespace

GgufFile::GgufFile(std::string_view bytes, std::string origin) : origin_(std::move(origin)) {
  ByteReader reader(bytes, origin_);
  VFFN_CHECK(bytes.starts_with("GGUF"), origin_,
             ": not a GGUF file: it does not begin with the letters GGUF");
  reader.Take(4, "magic");
  const auto version = reader.Read<uint32_t>("version");
  VFFN_CHECK((version & 0xffff) != 0, origin_, ": big-endian GGUF (version word ", version,
             ") is not supported");
  VFFN_CHECK(version == 2 || version == 3, origin_, ": GGUF version ", version,
             " is not supported, 2 and 3 are");
  const auto n_tensors = reader.Read<uint64_t>("tensor count");
  const auto n_values = reader.Read<uint64_t>("metadata count");
  ReadMetadata(reader, n_values);
  ReadTensors(reader, n_tensors, bytes);
}

void GgufFile::ReadMetadata(ByteReader& reader, uint64_t count) {
  VFFN_CHECK(count <= reader.remaining() / 13, origin_, ": ", count,
             " metadata values cannot fit in a file with ", reader.remaining(),
             " bytes left");  // 13: an empty key with a value of one byte
  for (uint64_t i = 0; i < count; ++i) {
    std::string key = ReadString(reader, "metadata key");
    GgufValue value = ReadValue(reader, key);
    VFFN_CHECK(metadata_.emplace(key, value).second, origin_, ": duplicate metadata key ", key, " at byte ",
               value.offset);
  }
}

GgufValue GgufFile::ReadValue(ByteReader& reader, const std::string& key) const {
  GgufValue value;
  value.type = reader.Read<uint32_t>("metadata type");
  if (value.type == kArray) {
    value.is_array = true;
    value.type = reader.Read<uint32_t>("array element type");
    value.count = reader.Read<uint64_t>("array length");
  }
  value.offset = reader.position();
  VFFN_CHECK(value.type < kValueTypeNames.size() && value.type != kArray, origin_, ": metadata key ", key,
             " has the unknown type ", value.type, " before byte ", value.offset);
  if (value.type == kString) {
    VFFN_CHECK(value.count <= reader.remaining() / sizeof(uint64_t), origin_, ": metadata key ", key, ": ",
               value.count, " strings cannot fit in a file with ", reader.remaining(), " bytes left");
    ByteReader start = reader;
    for (uint64_t i = 0; i < value.count; ++i) {
      reader.Take(reader.Read<uint64_t>("string length"), "string");
    }
    value.bytes = start.Take(reader.position() - value.offset, "strings");
    return value;
  }
  const uint64_t size = kValueTypeBytes[value.type];
  VFFN_CHECK(value.count <= reader.remaining() / size, origin_, ": metadata key ", key, ": ", value.count,
             " values of type ", TypeName(value), " at byte ", value.offset, " cannot fit in a file with ",
             reader.remaining(), " bytes left");
  value.bytes = reader.Take(value.count * size, "metadata value");
  return value;
}

uint64_t GgufFile::Alignment() const {
  const int64_t alignment = Integer("general.alignment").value_or(32);
  VFFN_CHECK(alignment > 0 && (alignment & (alignment - 1)) == 0 &&
                 static_cast<uint64_t>(alignment) <= kMaxAlignment,
             origin_, ": general.alignment is ", alignment, ", should be a power of two up to ",
             kMaxAlignment);
  return static_cast<uint64_t>(alignment);
}

void GgufFile::ReadTensors(ByteReader& reader, uint64_t count, std::string_view bytes) {
  VFFN_CHECK(count <= reader.remaining() / 32, origin_, ": ", count, " tensors cannot fit in a file with ",
             reader.remaining(), " bytes left");  // 32: a table entry of one dimension with an empty name
  struct Entry {
    std::string name;
    std::vector<int64_t> shape;
    uint32_t type;
    uint64_t offset;
  };
  std::vector<Entry> entries;
  std::set<std::string> names;
  std::string unsupported;
  for (uint64_t i = 0; i < count; ++i) {
    Entry& entry = entries.emplace_back();
    entry.name = ReadString(reader, "tensor name");
    VFFN_CHECK(names.insert(entry.name).second, origin_, ": tensor ", entry.name, " is there twice");
    const auto dimensions = reader.Read<uint32_t>("number of dimensions");
    VFFN_CHECK(dimensions >= 1 && dimensions <= 4, origin_, ": tensor ", entry.name, " has ", dimensions,
               " dimensions, should have 1 to 4");
    for (uint32_t j = 0; j < dimensions; ++j) {
      const auto size = reader.Read<uint64_t>("dimension");
      VFFN_CHECK(size >= 1 && size <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()), origin_,
                 ": tensor ", entry.name, ": dimension ", j, " is ", size);
      entry.shape.insert(entry.shape.begin(), static_cast<int64_t>(size));  // GGML lists the innermost first
    }
    entry.type = reader.Read<uint32_t>("tensor type");
    entry.offset = reader.Read<uint64_t>("tensor offset");
    if (const std::string type = TensorTypeName(entry.type); !ElementTypeNamed(type)) {
      unsupported += "\n  " + entry.name + " is " + type;
    }
  }
  VFFN_CHECK(unsupported.empty(), origin_, ": tensor types that are not supported:", unsupported);
  if (entries.empty()) {
    return;
  }
  const uint64_t alignment = Alignment();
  const uint64_t start = (reader.position() + alignment - 1) / alignment * alignment;
  for (Entry& entry : entries) {
    const ElementType type = *ElementTypeNamed(TensorTypeName(entry.type));
    const auto size = static_cast<uint64_t>(ContiguousBytes(entry.name, type, entry.shape, origin_));
    VFFN_CHECK(entry.offset % alignment == 0, origin_, ": tensor ", entry.name, ": offset ", entry.offset,
               " is not a multiple of the alignment ", alignment);
    VFFN_CHECK(start <= bytes.size() && entry.offset <= bytes.size() - start &&
                   size <= bytes.size() - start - entry.offset,
               origin_, ": truncated or corrupt: tensor ", entry.name, " takes ", size, " bytes from byte ",
               start, " + ", entry.offset, " on, the file has ", bytes.size());
    tensors_.push_back(MakeTensorView(std::move(entry.name), type, std::move(entry.shape),
                                      bytes.substr(start + entry.offset, size), origin_));
  }
  CheckNoOverlap();
}

void GgufFile::CheckNoOverlap() const {
  std::vector<const TensorView*> sorted;
  for (const TensorView& tensor : tensors_) {
    sorted.push_back(&tensor);
  }
  std::ranges::sort(sorted, {}, [](const TensorView* tensor) { return tensor->bytes.data(); });
  for (size_t i = 1; i < sorted.size(); ++i) {
    VFFN_CHECK(sorted[i - 1]->bytes.data() + sorted[i - 1]->bytes.size() <= sorted[i]->bytes.data(), origin_,
               ": corrupt: tensors ", sorted[i - 1]->name, " and ", sorted[i]->name, " overlap");
  }
}

void GgufFile::AddTensors(const GgufFile& part) {
  tensors_.insert(tensors_.end(), part.tensors_.begin(), part.tensors_.end());
}

const TensorView* GgufFile::FindTensor(std::string_view name) const {
  const auto found = std::ranges::find(tensors_, name, &TensorView::name);
  return found == tensors_.end() ? nullptr : &*found;
}

const GgufValue* GgufFile::Find(std::string_view key) const {
  const auto found = metadata_.find(key);
  return found == metadata_.end() ? nullptr : &found->second;
}

const GgufValue* GgufFile::FindArray(std::string_view key, uint32_t element_type) const {
  const GgufValue* value = Find(key);
  if (value != nullptr && (!value->is_array || value->type != element_type)) {
    FailType(key, *value, kValueTypeNames[element_type]);
  }
  return value;
}

void GgufFile::FailType(std::string_view key, const GgufValue& value, const char* wanted) const {
  Fail(origin_, ": metadata key ", key, " at byte ", value.offset, " is of type ",
       value.is_array ? "array of " : "", TypeName(value), ", should be ", wanted);
}

std::optional<std::string> GgufFile::String(std::string_view key) const {
  const GgufValue* value = Find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (value->is_array || value->type != kString) {
    FailType(key, *value, "string");
  }
  return std::string(value->bytes.substr(sizeof(uint64_t)));
}

std::optional<int64_t> GgufFile::Integer(std::string_view key) const {
  const GgufValue* value = Find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  switch (value->is_array ? kArray : value->type) {
    case kUint8:
      return Scalar<uint8_t>(value->bytes);
    case kInt8:
      return Scalar<int8_t>(value->bytes);
    case kUint16:
      return Scalar<uint16_t>(value->bytes);
    case kInt16:
      return Scalar<int16_t>(value->bytes);
    case kUint32:
      return Scalar<uint32_t>(value->bytes);
    case kInt32:
      return Scalar<int32_t>(value->bytes);
    case kInt64:
      return Scalar<int64_t>(value->bytes);
    case kUint64: {
      const auto number = Scalar<uint64_t>(value->bytes);
      VFFN_CHECK(number <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()), origin_,
                 ": metadata key ", key, " is ", number, ", too large");
      return static_cast<int64_t>(number);
    }
    default:
      FailType(key, *value, "one integer");
  }
}

std::optional<double> GgufFile::Float(std::string_view key) const {
  const GgufValue* value = Find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  switch (value->is_array ? kArray : value->type) {
    case kFloat32:
      return Scalar<float>(value->bytes);
    case kFloat64:
      return Scalar<double>(value->bytes);
    default:
      FailType(key, *value, "one float");
  }
}

std::optional<bool> GgufFile::Bool(std::string_view key) const {
  const GgufValue* value = Find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (value->is_array || value->type != kBool) {
    FailType(key, *value, "bool");
  }
  return value->bytes[0] != 0;
}

std::vector<std::string> GgufFile::Strings(std::string_view key) const {
  std::vector<std::string> strings;
  if (const GgufValue* value = FindArray(key, kString)) {
    strings.reserve(value->count);
    ByteReader reader(value->bytes, origin_);
    for (uint64_t i = 0; i < value->count; ++i) {
      strings.push_back(ReadString(reader, "string"));
    }
  }
  return strings;
}

std::vector<int32_t> GgufFile::Int32s(std::string_view key) const {
  return Scalars<int32_t>(FindArray(key, kInt32));
}

std::vector<int64_t> GgufFile::Integers(std::string_view key) const {
  const GgufValue* value = Find(key);
  if (value == nullptr) {
    return {};
  }
  const auto list = [&]<class T>(T) {
    const std::vector<T> numbers = Scalars<T>(value);
    return std::vector<int64_t>(numbers.begin(), numbers.end());
  };
  switch (value->type) {
    case kUint8:
    case kBool:
      return list(uint8_t{});
    case kInt8:
      return list(int8_t{});
    case kUint16:
      return list(uint16_t{});
    case kInt16:
      return list(int16_t{});
    case kUint32:
      return list(uint32_t{});
    case kInt32:
      return list(int32_t{});
    case kInt64:
      return list(int64_t{});
    default:
      FailType(key, *value, "integers");
  }
}

std::vector<float> GgufFile::Floats(std::string_view key) const {
  return Scalars<float>(FindArray(key, kFloat32));
}

std::string GgufFile::Text(std::string_view key) const {
  const GgufValue* value = Find(key);
  if (value == nullptr) {
    return "absent";
  }
  if (value->is_array) {
    return std::string("an array of ") + std::to_string(value->count) + " " + TypeName(*value);
  }
  switch (value->type) {
    case kString:
      return *String(key);
    case kBool:
      return *Bool(key) ? "true" : "false";
    case kFloat32:
    case kFloat64: {
      std::ostringstream text;
      text << *Float(key);
      return text.str();
    }
    default:
      return std::to_string(*Integer(key));
  }
}

}  // namespace vffn
