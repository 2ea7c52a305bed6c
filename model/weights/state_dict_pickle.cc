#include "model/weights/state_dict_pickle.h"

#include <algorithm>
#include <array>
#include <set>

namespace vffn {
namespace {

constexpr size_t kMaxDimensions = 16;
constexpr int kMaxDepth = 8;  // of dicts around the state dict

/// The keys under which training programs save a state dict.
constexpr std::array<std::string_view, 5> kStateDictKeys = {"model", "state_dict", "module",
                                                            "model_state_dict", "model_state"};

std::vector<int64_t> Sizes(const Unpickler& objects, PickleRef tuple, const char* what) {
  const std::vector<PickleRef>& items = objects[tuple].items;
  objects.Require(items.size() <= kMaxDimensions, "a tensor of ", items.size(), " dimensions");
  std::vector<int64_t> sizes;
  for (const PickleRef item : items) {
    sizes.push_back(objects.Expect(item, PickleKind::kInteger, what).integer);
  }
  return sizes;
}

PickledTensor TensorOf(const Unpickler& objects, const PickleObject& tensor, std::string name) {
  const PickleObject& storage = objects[tensor.items[0]];
  PickledTensor pickled{std::move(name), std::string(storage.text), tensor.global->type};
  pickled.storage_elements = storage.integer;
  if (storage.global->type != pickled.type) {  // an untyped storage: its elements are bytes
    objects.Require(!__builtin_mul_overflow(storage.integer, FormatOf(storage.global->type).block_bytes,
                                            &pickled.storage_elements),
                    "the storage of tensor ", pickled.name, " overflows");
    pickled.storage_elements /= FormatOf(pickled.type).block_bytes;
  }
  pickled.offset = objects[tensor.items[1]].integer;
  if (!storage.items.empty()) {
    objects.Require(
        !__builtin_add_overflow(pickled.offset, objects[storage.items[0]].integer, &pickled.offset),
        "the offset of tensor ", pickled.name, " overflows");
  }
  pickled.shape = Sizes(objects, tensor.items[2], "a size of a tensor");
  pickled.strides = Sizes(objects, tensor.items[3], "a stride of a tensor");
  return pickled;
}

/// Looks for tensors in what was saved.
class TensorSearch {
 public:
  explicit TensorSearch(const Unpickler& objects) : objects_(objects) {}

  /// An object is visited once, however often it is referred to: asked again, the answer is false.
  bool Holds(PickleRef ref, int depth = 0) {
    const PickleObject& object = objects_[ref];
    if (object.kind == PickleKind::kTensor) {
      return true;
    }
    const bool container = object.kind == PickleKind::kDict || object.kind == PickleKind::kList ||
                           object.kind == PickleKind::kTuple;
    return container && depth < kMaxDepth && visited_.insert(ref).second &&
           std::ranges::any_of(object.items, [&](PickleRef item) { return Holds(item, depth + 1); });
  }

 private:
  const Unpickler& objects_;
  std::set<PickleRef> visited_;
};

std::string KeysText(const Unpickler& objects, const PickleObject& dict) {
  constexpr size_t kMostKeys = 12;
  std::string text;
  for (size_t i = 0; i < dict.items.size() && i < 2 * kMostKeys; i += 2) {
    const PickleObject& key = objects[dict.items[i]];
    text.append(text.empty() ? "" : ", ");
    text.append(key.kind == PickleKind::kText ? key.text : std::string_view("?"));
  }
  return text + (dict.items.size() > 2 * kMostKeys ? ", ..." : "");
}

/// The value of the one key of a state dict that has a dict of tensors; null if there is none.
const PickleObject* InnerStateDict(const Unpickler& objects, const PickleObject& dict) {
  std::string_view chosen;
  const PickleObject* inner = nullptr;
  for (const std::string_view key : kStateDictKeys) {
    const std::optional<PickleRef> value = objects.Find(dict, key);
    if (value && objects[*value].kind == PickleKind::kDict && TensorSearch(objects).Holds(*value)) {
      objects.Require(inner == nullptr || inner == &objects[*value], "there are tensors under ", chosen,
                      " and under ", key, ": save the state dict that counts alone");
      chosen = key;
      inner = &objects[*value];
    }
  }
  return inner;
}

/// The innermost dict of tensors.
const PickleObject& FindStateDict(const Unpickler& objects, PickleRef saved) {
  const PickleObject* dict = &objects.Expect(saved, PickleKind::kDict, "what was saved");
  for (int depth = 0; depth < kMaxDepth; ++depth) {
    objects.Require(
        !objects.Find(*dict, "language_model"),
        "a checkpoint of Megatron-LM (it has language_model): convert it to a Hugging Face folder "
        "with Megatron-LM's tools/checkpoint or Megatron-Bridge");
    const PickleObject* inner = InnerStateDict(objects, *dict);
    if (inner == nullptr) {
      return *dict;
    }
    dict = inner;
  }
  objects.Require(false, "the dicts lie too deep");
  return *dict;
}

}  // namespace

std::vector<PickledTensor> StateDictTensors(const Unpickler& objects, PickleRef saved) {
  const PickleObject& dict = FindStateDict(objects, saved);
  std::vector<PickledTensor> tensors;
  std::set<std::string_view> names;
  TensorSearch search(objects);
  for (size_t i = 0; i < dict.items.size(); i += 2) {
    const PickleRef value = dict.items[i + 1];
    if (objects[value].kind != PickleKind::kTensor && !search.Holds(value)) {
      continue;
    }
    const std::string_view name =
        objects.Expect(dict.items[i], PickleKind::kText, "a key of the state dict").text;
    const std::string what = "the value of " + std::string(name);
    const PickleObject& tensor = objects.Expect(value, PickleKind::kTensor, what.c_str());
    objects.Require(names.insert(name).second, "key ", name, " is there twice");
    tensors.push_back(TensorOf(objects, tensor, std::string(name)));
  }
  objects.Require(!tensors.empty() || dict.items.empty(),
                  "it holds no state dict: no value is a tensor, and none of the keys model, state_dict, "
                  "module, model_state_dict and model_state has a dict of tensors; the keys are: ",
                  KeysText(objects, dict));
  return tensors;
}

PickledTensor SavedTensor(const Unpickler& objects, PickleRef saved) {
  return TensorOf(objects, objects.Expect(saved, PickleKind::kTensor, "what was saved"), "");
}

std::vector<PickledTensor> ReadStateDictPickle(std::string_view pickle, const std::string& origin) {
  Unpickler objects(pickle, origin);
  const PickleRef saved = objects.Run();
  return StateDictTensors(objects, saved);
}

}  // namespace vffn
