#include "model/weights/legacy_torch_file.h"

#include <map>
#include <utility>

#include "base/error.h"
#include "model/weights/byte_reader.h"
#include "model/weights/state_dict_pickle.h"

namespace vffn {
namespace {

constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";  // of a pickled long int
constexpr int64_t kFormatVersion = 1001;

using Storages = std::map<std::string, std::string_view, std::less<>>;

/// Reads the pickles in front of what was saved. Returns where that begins.
size_t ReadHead(std::string_view bytes, const std::string& origin) {
  Unpickler magic(bytes, origin);
  const PickleRef number = magic.Run();
  VFFN_CHECK(
      magic[number].kind == PickleKind::kLong && magic[number].text == kMagic, origin,
      ": a pickle, but not made by torch.save. It is not executed: save the state dict with torch.save or "
      "as safetensors");
  Unpickler version(bytes, origin, magic.end());
  const PickleRef format = version.Run();
  const int64_t found = version.Expect(format, PickleKind::kInteger, "the version of the format").integer;
  VFFN_CHECK(found == kFormatVersion, origin, ": version ", found, " of torch's format is not supported, ",
             kFormatVersion, " is");
  Unpickler machine(bytes, origin, version.end());
  const PickleRef ref = machine.Run();
  const PickleObject& sizes = machine.Expect(ref, PickleKind::kDict, "the description of the machine");
  const std::optional<PickleRef> little = machine.Find(sizes, "little_endian");
  VFFN_CHECK(little && machine.Expect(*little, PickleKind::kBool, "little_endian").integer == 1, origin,
             ": was saved on a big-endian machine, only little-endian is supported");
  return machine.end();
}

/// The bytes of an element of every storage that the pickle refers to.
std::map<std::string_view, int64_t> ElementBytes(const Unpickler& objects) {
  std::map<std::string_view, int64_t> sizes;
  for (const PickleObject& object : objects.objects()) {
    if (object.kind == PickleKind::kStorage) {
      const int64_t size = FormatOf(object.global->type).block_bytes;
      const auto [found, is_new] = sizes.emplace(object.text, size);
      objects.Require(is_new || found->second == size, "storage ", object.text, " has two types");
    }
  }
  return sizes;
}

/// Reads the list of keys at `start` and the storages behind it.
Storages ReadStorages(std::string_view bytes, const Unpickler& saved, const std::string& origin) {
  const std::map<std::string_view, int64_t> sizes = ElementBytes(saved);
  Unpickler keys(bytes, origin, saved.end());
  const PickleRef list = keys.Run();
  ByteReader reader(bytes, origin, keys.end());
  Storages storages;
  for (const PickleRef ref : keys.Expect(list, PickleKind::kList, "the keys of the storages").items) {
    const std::string_view key = keys.Expect(ref, PickleKind::kText, "the key of a storage").text;
    const auto size = sizes.find(key);
    VFFN_CHECK(size != sizes.end(), origin, ": no tensor uses storage ", key);
    const auto elements = reader.Read<int64_t>("number of elements of a storage");
    VFFN_CHECK(elements >= 0 && static_cast<uint64_t>(elements) <=
                                    reader.remaining() / static_cast<uint64_t>(size->second),
               origin, ": truncated or corrupt: storage ", key, " at byte ", reader.position(), " has ",
               elements, " elements of ", size->second, " bytes, the file has ", reader.remaining(), " left");
    storages.emplace(key, reader.Take(static_cast<uint64_t>(elements * size->second), "storage"));
  }
  return storages;
}

}  // namespace

std::vector<TensorView> ReadLegacyTorchFile(std::string_view bytes, const std::string& origin) {
  Unpickler objects(bytes, origin, ReadHead(bytes, origin));
  const PickleRef saved = objects.Run();
  const Storages storages = ReadStorages(bytes, objects, origin);
  std::vector<TensorView> tensors;
  for (PickledTensor& tensor : StateDictTensors(objects, saved)) {
    const auto storage = storages.find(tensor.storage);
    VFFN_CHECK(storage != storages.end(), origin, ": tensor ", tensor.name, ": its storage ", tensor.storage,
               " is missing");
    tensors.push_back(MakeStridedView(std::move(tensor.name), tensor.type, std::move(tensor.shape),
                                      std::move(tensor.strides), tensor.offset, storage->second, origin));
  }
  return tensors;
}

}  // namespace vffn
