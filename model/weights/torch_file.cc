#include "model/weights/torch_file.h"

#include <utility>

#include "base/error.h"
#include "model/weights/legacy_torch_file.h"
#include "model/weights/state_dict_pickle.h"
#include "model/weights/zip_file.h"

namespace vffn {
namespace {

using Records = std::map<std::string, std::string_view, std::less<>>;

/// Everything lies in one folder, whose name is the file's when it was saved.
std::string RootOf(const Records& records, const std::string& origin) {
  std::string root;
  for (const auto& [name, bytes] : records) {
    const size_t slash = name.find('/');
    if (slash != std::string::npos && name.substr(slash) == "/data.pkl") {
      VFFN_CHECK(root.empty(), origin, ": two folders of the archive have a data.pkl");
      root = name.substr(0, slash + 1);
    }
  }
  VFFN_CHECK(!root.empty(), origin, ": the archive has no data.pkl: not made by torch.save");
  VFFN_CHECK(!records.contains(root + "constants.pkl"), origin,
             ": is a TorchScript program, not a state dict: save model.state_dict() with torch.save");
  return root;
}

/// The archive that torch.save makes.
class TorchArchive {
 public:
  TorchArchive(std::string_view bytes, const std::string& origin)
      : records_(ReadZip(bytes, origin)), origin_(origin), root_(RootOf(records_, origin)) {
    if (const auto order = records_.find(root_ + "byteorder"); order != records_.end()) {
      VFFN_CHECK(order->second == "little", origin, ": byteorder is ", order->second,
                 ", only little is supported");
    }
  }

  std::string_view pickle() const { return records_.find(root_ + "data.pkl")->second; }

  TensorView ViewOf(PickledTensor tensor) const {
    const auto record = records_.find(root_ + "data/" + tensor.storage);
    VFFN_CHECK(record != records_.end(), origin_, ": tensor ", tensor.name, ": its storage data/",
               tensor.storage, " is missing");
    const int64_t size = FormatOf(tensor.type).block_bytes;
    int64_t needed = 0;
    VFFN_CHECK(tensor.storage_elements >= 0 &&
                   !__builtin_mul_overflow(tensor.storage_elements, size, &needed) &&
                   static_cast<uint64_t>(needed) <= record->second.size(),
               origin_, ": tensor ", tensor.name, ": its storage should have ", tensor.storage_elements,
               " elements of ", FormatOf(tensor.type).name, ", but record data/", tensor.storage, " has ",
               record->second.size(), " bytes");
    return MakeStridedView(std::move(tensor.name), tensor.type, std::move(tensor.shape),
                           std::move(tensor.strides), tensor.offset,
                           record->second.substr(0, static_cast<size_t>(needed)), origin_);
  }

 private:
  Records records_;
  std::string origin_;
  std::string root_;
};

}  // namespace

std::vector<TensorView> ReadTorchFile(std::string_view bytes, const std::string& origin) {
  if (bytes.starts_with('\x80')) {
    return ReadLegacyTorchFile(bytes, origin);
  }
  VFFN_CHECK(bytes.starts_with("PK"), origin,
             ": not made by torch.save: it is neither a zip archive nor a pickle");
  const TorchArchive archive(bytes, origin);
  std::vector<TensorView> tensors;
  for (PickledTensor& tensor : ReadStateDictPickle(archive.pickle(), origin)) {
    tensors.push_back(archive.ViewOf(std::move(tensor)));
  }
  return tensors;
}

TensorView ReadTorchTensor(std::string_view bytes, const std::string& origin) {
  const TorchArchive archive(bytes, origin);
  Unpickler objects(archive.pickle(), origin);
  const PickleRef saved = objects.Run();
  return archive.ViewOf(SavedTensor(objects, saved));
}

}  // namespace vffn
