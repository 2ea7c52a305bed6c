#include "model/weights/distributed_metadata.h"

#include <map>
#include <optional>
#include <utility>

#include "model/weights/unpickler.h"

namespace vffn {
namespace {

constexpr size_t kMostObjects = 64'000'000;  // a chunk takes some 40

/// Reads the records of torch.distributed.checkpoint.metadata.
class MetadataReader {
 public:
  explicit MetadataReader(const Unpickler& objects) : objects_(objects) {}

  /// The state of a record of a class whose name ends so.
  const PickleObject& State(PickleRef ref, std::string_view class_name) const {
    const PickleObject& record = objects_.Expect(ref, PickleKind::kRecord, "a record of the metadata");
    objects_.Require(record.global->name.ends_with(class_name), "the metadata has a ", record.global->name,
                     ", should have a ", class_name);
    objects_.Require(record.items.size() == 2, "a ", class_name, " without its fields");
    return objects_.Expect(record.items[1], PickleKind::kDict, "the fields of a record");
  }

  PickleRef Field(const PickleObject& state, std::string_view name) const {
    const std::optional<PickleRef> value = objects_.Find(state, name);
    objects_.Require(value.has_value(), "the metadata has no ", name);
    return *value;
  }

  /// Nothing if the field is absent or None.
  std::optional<PickleRef> OptionalField(const PickleObject& state, std::string_view name) const {
    const std::optional<PickleRef> value = objects_.Find(state, name);
    return value && objects_[*value].kind == PickleKind::kNone ? std::nullopt : value;
  }

  int64_t Integer(const PickleObject& state, std::string_view name) const {
    return objects_.Expect(Field(state, name), PickleKind::kInteger, "a number of the metadata").integer;
  }

  std::string Text(const PickleObject& state, std::string_view name) const {
    return std::string(objects_.Expect(Field(state, name), PickleKind::kText, "a name in the metadata").text);
  }

  const PickleObject& Dict(const PickleObject& state, std::string_view name) const {
    return objects_.Expect(Field(state, name), PickleKind::kDict, "a table of the metadata");
  }

  std::vector<int64_t> Size(PickleRef ref) const {
    std::vector<int64_t> sizes;
    for (const PickleRef item : objects_.Expect(ref, PickleKind::kTuple, "a size").items) {
      sizes.push_back(objects_.Expect(item, PickleKind::kInteger, "a size").integer);
    }
    return sizes;
  }

  template <class... Parts>
  void Require(bool ok, const Parts&... parts) const {
    objects_.Require(ok, parts...);
  }

 private:
  const Unpickler& objects_;
};

/// Where a chunk lies: file, offset and length, by the name of the tensor and the chunk's first element.
using Places = std::map<std::pair<std::string, std::vector<int64_t>>, TensorChunk>;

Places ReadPlaces(const MetadataReader& reader, const PickleObject& metadata, std::string_view prefix) {
  const PickleObject& storage = reader.Dict(metadata, "storage_data");
  Places places;
  for (size_t i = 0; i < storage.items.size(); i += 2) {
    const PickleObject& index = reader.State(storage.items[i], ".MetadataIndex");
    std::string name = reader.Text(index, "fqn");
    const std::optional<PickleRef> offset = reader.OptionalField(index, "offset");
    if (!name.starts_with(prefix) || !offset) {  // without: not a tensor
      continue;
    }
    const PickleObject& info = reader.State(storage.items[i + 1], "._StorageInfo");
    TensorChunk place;
    place.offsets = reader.Size(*offset);
    place.file = reader.Text(info, "relative_path");
    place.offset = static_cast<uint64_t>(reader.Integer(info, "offset"));
    place.length = static_cast<uint64_t>(reader.Integer(info, "length"));
    reader.Require(!place.file.empty() && place.file.find('/') == std::string::npos && place.file != ".." &&
                       place.file != ".",
                   "the metadata names the file ", place.file, ", which is not in its folder");
    places.emplace(std::pair(std::move(name), place.offsets), place);
  }
  return places;
}

}  // namespace

std::vector<DistributedTensor> ReadDistributedMetadata(std::string_view pickle, const std::string& origin,
                                                       std::string_view prefix) {
  Unpickler objects(pickle, origin, 0, kMostObjects);
  const PickleRef saved = objects.Run();
  const MetadataReader reader(objects);
  const PickleObject& metadata = reader.State(saved, ".Metadata");
  const Places places = ReadPlaces(reader, metadata, prefix);
  const PickleObject& table = reader.Dict(metadata, "state_dict_metadata");
  std::vector<DistributedTensor> tensors;
  for (size_t i = 0; i < table.items.size(); i += 2) {
    const PickleObject& key = objects.Expect(table.items[i], PickleKind::kText, "a name in the metadata");
    const PickleObject& value = objects.Expect(table.items[i + 1], PickleKind::kRecord, "an entry");
    if (!key.text.starts_with(prefix) || !value.global->name.ends_with(".TensorStorageMetadata")) {
      continue;
    }
    const PickleObject& state = reader.State(table.items[i + 1], ".TensorStorageMetadata");
    DistributedTensor& tensor = tensors.emplace_back();
    tensor.name = key.text;
    tensor.shape = reader.Size(reader.Field(state, "size"));
    const PickleRef chunks = reader.Field(state, "chunks");
    for (const PickleRef ref : objects.Expect(chunks, PickleKind::kList, "the chunks of a tensor").items) {
      const PickleObject& chunk = reader.State(ref, ".ChunkStorageMetadata");
      std::vector<int64_t> offsets = reader.Size(reader.Field(chunk, "offsets"));
      const auto place = places.find({tensor.name, offsets});
      reader.Require(place != places.end(), "the metadata does not say where a part of ", tensor.name, " is");
      tensor.chunks.push_back(place->second);
      tensor.chunks.back().sizes = reader.Size(reader.Field(chunk, "sizes"));
    }
  }
  return tensors;
}

}  // namespace vffn
