#include "model/weights/state_dict_pickle.h"

#include <set>

#include "model/weights/unpickler.h"

namespace vffn {
namespace {

constexpr size_t kMaxDimensions = 16;

std::vector<int64_t> Sizes(const Unpickler& objects, PickleRef tuple, const char* what) {
  const std::vector<PickleRef>& items = objects[tuple].items;
  objects.Require(items.size() <= kMaxDimensions, "a tensor of ", items.size(), " dimensions");
  std::vector<int64_t> sizes;
  for (const PickleRef item : items) {
    sizes.push_back(objects.Expect(item, PickleKind::kInteger, what).integer);
  }
  return sizes;
}

}  // namespace

std::vector<PickledTensor> ReadStateDictPickle(std::string_view pickle, const std::string& origin) {
  Unpickler objects(pickle, origin);
  const PickleObject& dict = objects.Expect(objects.Run(), PickleKind::kDict, "what was saved");
  std::vector<PickledTensor> tensors;
  std::set<std::string_view> names;
  for (size_t i = 0; i < dict.items.size(); i += 2) {
    const std::string_view name =
        objects.Expect(dict.items[i], PickleKind::kText, "a key of the state dict").text;
    objects.Require(names.insert(name).second, "key ", name, " is there twice");
    const std::string what = "the value of " + std::string(name);
    const PickleObject& tensor = objects.Expect(dict.items[i + 1], PickleKind::kTensor, what.c_str());
    const PickleObject& storage = objects[tensor.items[0]];
    tensors.push_back({std::string(name), std::string(storage.text), storage.global->type, storage.integer,
                       objects[tensor.items[1]].integer,
                       Sizes(objects, tensor.items[2], "a size of a tensor"),
                       Sizes(objects, tensor.items[3], "a stride of a tensor")});
  }
  return tensors;
}

}  // namespace vffn
