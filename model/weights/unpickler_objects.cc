// What the opcodes of a pickle make: objects, and the results of calls.
#include <utility>

#include "model/weights/unpickler.h"

namespace vffn {

using enum PickleKind;

void Unpickler::Memoize(uint32_t key) { memo_[key] = Top(); }

void Unpickler::Recall(uint32_t key) {
  const auto found = memo_.find(key);
  Require(found != memo_.end(), "nothing was stored under memo ", key);
  stack_.push_back(found->second);
}

void Unpickler::Append(std::vector<PickleRef> values, PickleKind kind) {
  const PickleRef target = Top();
  Expect(target, kind, "what is filled");
  Require(kind != kDict || values.size() % 2 == 0, "a dict gets a key without a value");
  std::vector<PickleRef>& items = objects_[target].items;
  items.insert(items.end(), values.begin(), values.end());
}

void Unpickler::PushLong(size_t bytes) {
  const std::string_view digits = reader_.Take(bytes, "int");
  if (bytes > sizeof(int64_t)) {
    Push({kLong, 0, digits});
    return;
  }
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(digits[i])) << (8 * i);
  }
  if (bytes > 0 && bytes < sizeof(int64_t) && (static_cast<uint8_t>(digits.back()) & 0x80) != 0) {
    value |= ~uint64_t{0} << (8 * bytes);  // sign
  }
  Push({kInteger, static_cast<int64_t>(value)});
}

std::string_view Unpickler::Line() {
  ByteReader start = reader_;
  size_t length = 0;
  while (reader_.Read<char>("name of a global") != '\n') {
    ++length;
  }
  return start.Take(length, "name of a global");
}

void Unpickler::PushGlobal(const std::string& name) {
  const KnownGlobal* known = FindPickleGlobal(name);
  Require(known != nullptr, "it asks for ", name, ": ", CauseOfUnknownGlobal(name),
          ". Nothing was executed. Save the state dict alone: torch.save(model.state_dict(), FILE), or as "
          "safetensors. Do not load this file with a full unpickler unless you trust where it came from");
  Push({kGlobal, 0, {}, known});
}

/// ("storage", type, key, device, elements), in files of torch before 1.6 with a sixth item: the storage,
/// whose bytes stand elsewhere in the file.
void Unpickler::PushPersistent() {
  const std::vector<PickleRef> items = Expect(Pop(), kTuple, "a persistent id").items;
  Require((items.size() == 5 || items.size() == 6) &&
              Expect(items[0], kText, "the kind of a persistent id").text == "storage",
          "a persistent id should be (\"storage\", type, key, device, elements)");
  const KnownGlobal* type = Expect(items[1], kGlobal, "the type of a storage").global;
  Require(type->global == PickleGlobal::kStorageType, type->name, " is not a type of storage");
  PickleObject storage{kStorage, Expect(items[4], kInteger, "the number of elements of a storage").integer,
                       Expect(items[2], kText, "the key of a storage").text, type};
  if (items.size() == 6 && objects_[items[5]].kind != kNone) {  // (key, offset, elements): a part of it
    const PickleObject& view = Expect(items[5], kTuple, "the view of a storage");
    Require(view.items.size() == 3, "the view of a storage should be (key, offset, elements)");
    Expect(view.items[1], kInteger, "the offset of a view of a storage");
    storage.items = {view.items[1]};
  }
  Push(std::move(storage));
}

PickleRef Unpickler::Call(PickleRef callee_ref, PickleRef arguments_ref) {
  const std::vector<PickleRef> items = Expect(arguments_ref, kTuple, "the arguments of REDUCE").items;
  const KnownGlobal& callee = *Expect(callee_ref, kGlobal, "what REDUCE calls").global;
  switch (callee.global) {
    case PickleGlobal::kOrderedDict:
      return MakeDict(items);
    case PickleGlobal::kSize:
      Require(items.size() == 1, "torch.Size has ", items.size(), " arguments");
      Expect(items[0], kTuple, "a torch.Size");
      return items[0];
    case PickleGlobal::kRebuildTensor:
    case PickleGlobal::kRebuildTensorV3:
      return MakeTensor(callee, items);
    case PickleGlobal::kRebuildParameter:  // data[, requires_grad[, hooks[, state]]]
      Require(!items.empty() && items.size() <= 4, callee.name, " has ", items.size(), " arguments");
      Expect(items[0], kTensor, "the data of a parameter");
      return items[0];
    case PickleGlobal::kRebuildFromType: {  // function, type, arguments, state
      Require(items.size() == 4, callee.name, " has ", items.size(), " arguments");
      const KnownGlobal& inner = *Expect(items[0], kGlobal, "what makes a tensor").global;
      Require(inner.global != PickleGlobal::kRebuildFromType, callee.name, " calls itself");
      return Call(items[0], items[2]);
    }
    case PickleGlobal::kRecord:
      return Make({kRecord, 0, {}, &callee, {arguments_ref}});
    case PickleGlobal::kStorageType:
    case PickleGlobal::kDtype:
      break;
  }
  Require(false, "REDUCE calls ", callee.name);
  return callee_ref;
}

/// Python 2 gave an OrderedDict its items as a list of pairs; Python 3 fills it afterwards.
PickleRef Unpickler::MakeDict(const std::vector<PickleRef>& arguments) {
  Require(arguments.size() <= 1, "an OrderedDict should be made empty or from one list");
  PickleObject dict{kDict};
  if (!arguments.empty()) {
    const PickleObject& list = Expect(arguments[0], kList, "the items of an OrderedDict");
    copied_ += list.items.size();
    Require(copied_ <= max_objects_, "more than ", max_objects_, " items: not a state dict");
    for (const PickleRef ref : list.items) {
      const PickleObject& pair = objects_[ref];
      Require((pair.kind == kList || pair.kind == kTuple) && pair.items.size() == 2,
              "the items of an OrderedDict should be pairs");
      dict.items.insert(dict.items.end(), pair.items.begin(), pair.items.end());
    }
  }
  return Make(std::move(dict));
}

/// storage, offset, size, stride[, requires_grad, hooks[, metadata]]; V3 has the type after the hooks.
PickleRef Unpickler::MakeTensor(const KnownGlobal& callee, const std::vector<PickleRef>& arguments) {
  const bool v3 = callee.global == PickleGlobal::kRebuildTensorV3;
  Require(v3 ? arguments.size() == 7 || arguments.size() == 8
             : arguments.size() == 4 || arguments.size() == 6 || arguments.size() == 7,
          callee.name, " has ", arguments.size(), " arguments");
  const KnownGlobal* type = Expect(arguments[0], kStorage, "the storage of a tensor").global;
  if (v3) {
    type = Expect(arguments[6], kGlobal, "the type of a tensor").global;
    Require(type->global == PickleGlobal::kDtype, type->name, " is not a type of tensors");
  }
  Expect(arguments[1], kInteger, "the offset of a tensor");
  Expect(arguments[2], kTuple, "the size of a tensor");
  Expect(arguments[3], kTuple, "the stride of a tensor");
  return Make({kTensor, 0, {}, type, {arguments[0], arguments[1], arguments[2], arguments[3]}});
}

/// The state of a record is kept. Attributes of an OrderedDict (torch puts version numbers in _metadata) or a
/// tensor say nothing about tensors: dropped.
void Unpickler::Build() {
  const PickleRef state = Pop();
  PickleObject& target = objects_[Top()];
  if (target.kind == kRecord) {
    target.items.resize(1);
    target.items.push_back(state);
    return;
  }
  Require(target.kind == kDict || target.kind == kTensor, "the target of BUILD should be a dict");
}

std::optional<PickleRef> Unpickler::Find(const PickleObject& dict, std::string_view key) const {
  for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    if (const PickleObject& name = objects_[dict.items[i]]; name.kind == kText && name.text == key) {
      return dict.items[i + 1];
    }
  }
  return std::nullopt;
}

}  // namespace vffn
