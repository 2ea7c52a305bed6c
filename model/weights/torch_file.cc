#include "model/weights/torch_file.h"

#include <utility>

#include "base/error.h"
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

std::string_view StorageBytes(const Records& records, const std::string& root, const PickledTensor& tensor,
                              const std::string& origin) {
  const auto record = records.find(root + "data/" + tensor.storage);
  VFFN_CHECK(record != records.end(), origin, ": tensor ", tensor.name, ": its storage data/", tensor.storage,
             " is missing");
  const int64_t size = FormatOf(tensor.type).block_bytes;
  int64_t needed = 0;
  VFFN_CHECK(tensor.storage_elements >= 0 &&
                 !__builtin_mul_overflow(tensor.storage_elements, size, &needed) &&
                 static_cast<uint64_t>(needed) <= record->second.size(),
             origin, ": tensor ", tensor.name, ": its storage should have ", tensor.storage_elements,
             " elements of ", FormatOf(tensor.type).name, ", but record data/", tensor.storage, " has ",
             record->second.size(), " bytes");
  return record->second.substr(0, static_cast<size_t>(needed));
}

}  // namespace

std::vector<TensorView> ReadTorchFile(std::string_view bytes, const std::string& origin) {
  VFFN_CHECK(
      !bytes.starts_with('\x80'), origin,
      ": made by torch.save in the format before torch 1.6, which is not supported. If you trust the file, "
      "save it "
      "again: torch.save(torch.load(FILE, weights_only=True), FILE)");
  VFFN_CHECK(bytes.starts_with("PK"), origin, ": not made by torch.save: it is no zip archive");
  const Records records = ReadZip(bytes, origin);
  const std::string root = RootOf(records, origin);
  if (const auto order = records.find(root + "byteorder"); order != records.end()) {
    VFFN_CHECK(order->second == "little", origin, ": byteorder is ", order->second,
               ", only little is supported");
  }
  std::vector<TensorView> tensors;
  for (PickledTensor& tensor : ReadStateDictPickle(records.find(root + "data.pkl")->second, origin)) {
    const std::string_view storage = StorageBytes(records, root, tensor, origin);
    tensors.push_back(MakeStridedView(std::move(tensor.name), tensor.type, std::move(tensor.shape),
                                      std::move(tensor.strides), tensor.offset, storage, origin));
  }
  return tensors;
}

}  // namespace vffn
