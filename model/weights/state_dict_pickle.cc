#include "model/weights/state_dict_pickle.h"

#include <array>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "model/weights/byte_reader.h"

namespace vffn {
namespace {

constexpr size_t kMaxObjects = 4'000'000;  // a tensor takes some 20
constexpr size_t kMaxDimensions = 16;

enum class Kind : uint8_t {
  kNone,
  kBool,
  kInteger,
  kFloat,
  kText,
  kBytes,
  kTuple,
  kList,
  kDict,
  kGlobal,
  kStorage,
  kTensor,
};
constexpr std::array kKindNames = {"None",  "bool", "int",  "float",  "str",     "bytes",
                                   "tuple", "list", "dict", "global", "storage", "tensor"};

enum class Global : uint8_t { kOrderedDict, kRebuildTensor, kRebuildParameter, kStorageType };

struct KnownGlobal {
  std::string_view name;
  Global global;
  ElementType type = ElementType::kF32;  ///< of a kStorageType
};
constexpr KnownGlobal kGlobals[] = {
    {"collections.OrderedDict", Global::kOrderedDict},
    {"torch._utils._rebuild_tensor_v2", Global::kRebuildTensor},
    {"torch._utils._rebuild_parameter", Global::kRebuildParameter},
    {"torch.DoubleStorage", Global::kStorageType, ElementType::kF64},
    {"torch.FloatStorage", Global::kStorageType, ElementType::kF32},
    {"torch.HalfStorage", Global::kStorageType, ElementType::kF16},
    {"torch.BFloat16Storage", Global::kStorageType, ElementType::kBf16},
    {"torch.LongStorage", Global::kStorageType, ElementType::kI64},
    {"torch.IntStorage", Global::kStorageType, ElementType::kI32},
    {"torch.ShortStorage", Global::kStorageType, ElementType::kI16},
    {"torch.CharStorage", Global::kStorageType, ElementType::kI8},
    {"torch.ByteStorage", Global::kStorageType, ElementType::kU8},
    {"torch.BoolStorage", Global::kStorageType, ElementType::kBool},
};

using Ref = uint32_t;  ///< index of an object

/// Objects refer to each other by index in one list, so cycles are harmless and tearing down is flat.
struct Object {
  Kind kind;
  int64_t integer = 0;                  ///< bool, int; elements of a storage
  std::string_view text;                ///< str, bytes; key of a storage
  const KnownGlobal* global = nullptr;  ///< of a global; type of a storage
  /// Of a tuple, list, or dict (key, value, key, ...); of a tensor: storage, offset, shape, strides.
  std::vector<Ref> items;
};

class Unpickler {
 public:
  Unpickler(std::string_view pickle, const std::string& origin) : reader_(pickle, origin) {}

  std::vector<PickledTensor> Run() {
    while (Step()) {
    }
    Require(stack_.size() == 1 && marks_.empty(), "the pickle does not end with exactly one object");
    return Tensors(stack_.back());
  }

 private:
  // --- errors ---

  template <class... Parts>
  [[noreturn]] void Malformed(const Parts&... parts) const {
    Fail(reader_.origin(), ": pickle, byte ", op_offset_, ": ", parts...);
  }

  template <class... Parts>
  void Require(bool ok, const Parts&... parts) const {
    if (!ok) [[unlikely]] {
      Malformed(parts...);
    }
  }

  // --- the stack ---

  Ref Make(Object object) {
    Require(objects_.size() < kMaxObjects, "more than ", kMaxObjects, " objects: not a state dict");
    objects_.push_back(std::move(object));
    return static_cast<Ref>(objects_.size() - 1);
  }

  void Push(Ref ref) { stack_.push_back(ref); }
  void PushNew(Object object) { Push(Make(std::move(object))); }

  /// Objects above the innermost mark.
  size_t Depth() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }

  Ref Pop() {
    Require(Depth() > 0, "the stack is empty");
    const Ref ref = stack_.back();
    stack_.pop_back();
    return ref;
  }

  Ref Top() const {
    Require(Depth() > 0, "the stack is empty");
    return stack_.back();
  }

  std::vector<Ref> PopCount(size_t count) {
    Require(Depth() >= count, "the stack holds too few objects");
    std::vector<Ref> refs(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return refs;
  }

  std::vector<Ref> PopToMark() {
    Require(!marks_.empty(), "there is no mark");
    std::vector<Ref> refs = PopCount(Depth());
    marks_.pop_back();
    return refs;
  }

  const Object& Expect(Ref ref, Kind kind, const char* what) const {
    const Object& object = objects_[ref];
    Require(object.kind == kind, what, " should be a ", kKindNames[static_cast<size_t>(kind)], ", is a ",
            kKindNames[static_cast<size_t>(object.kind)]);
    return object;
  }

  // --- opcodes ---

  bool Step();
  void PushLong(size_t bytes);
  void PushGlobal(const std::string& name);
  std::string_view Line();
  void Memoize(uint32_t key) { memo_[key] = Top(); }
  void Recall(uint32_t key) {
    const auto found = memo_.find(key);
    Require(found != memo_.end(), "nothing was stored under memo ", key);
    Push(found->second);
  }
  void Append(std::vector<Ref> values, Kind kind, const char* what) {
    Object& target = objects_[Top()];
    Expect(Top(), kind, what);
    Require(kind != Kind::kDict || values.size() % 2 == 0, "a dict gets a key without a value");
    target.items.insert(target.items.end(), values.begin(), values.end());
  }
  void PersistentId();
  void Reduce();
  void Build();

  // --- the result ---

  std::vector<PickledTensor> Tensors(Ref root) const;
  std::vector<int64_t> Sizes(Ref ref, const char* what) const;

  ByteReader reader_;
  size_t op_offset_ = 0;
  std::vector<Object> objects_;
  std::vector<Ref> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint32_t, Ref> memo_;
};

/// Executes one opcode; false at STOP. Names are those of Python's pickletools.
bool Unpickler::Step() {
  op_offset_ = reader_.position();
  const auto op = reader_.Read<uint8_t>("opcode");
  switch (op) {
    case 0x80: {  // PROTO
      const auto protocol = reader_.Read<uint8_t>("protocol");
      Require(protocol >= 2 && protocol <= 5, "protocol ", int{protocol}, " is not supported, 2 to 5 are");
      break;
    }
    case 0x95:
      reader_.Read<uint64_t>("frame length");
      break;  // FRAME
    case '.':
      return false;  // STOP
    case '(':
      marks_.push_back(stack_.size());
      break;  // MARK
    case '0':
      Pop();
      break;  // POP
    case '1':
      PopToMark();
      break;  // POP_MARK
    case 'N':
      PushNew({Kind::kNone});
      break;  // NONE
    case 0x88:
      PushNew({Kind::kBool, 1});
      break;  // NEWTRUE
    case 0x89:
      PushNew({Kind::kBool, 0});
      break;  // NEWFALSE
    case 'J':
      PushNew({Kind::kInteger, reader_.Read<int32_t>("int")});
      break;  // BININT
    case 'K':
      PushNew({Kind::kInteger, reader_.Read<uint8_t>("int")});
      break;  // BININT1
    case 'M':
      PushNew({Kind::kInteger, reader_.Read<uint16_t>("int")});
      break;  // BININT2
    case 0x8a:
      PushLong(reader_.Read<uint8_t>("length of an int"));
      break;  // LONG1
    case 'G':
      reader_.Take(8, "float");
      PushNew({Kind::kFloat});
      break;  // BINFLOAT
    case 'X':
      PushNew({Kind::kText, 0, reader_.Take(reader_.Read<uint32_t>("length"), "str")});
      break;  // BINUNICODE
    case 0x8c:
      PushNew({Kind::kText, 0, reader_.Take(reader_.Read<uint8_t>("length"), "str")});
      break;  // SHORT_BINUNICODE
    case 0x8d:
      PushNew({Kind::kText, 0, reader_.Take(reader_.Read<uint64_t>("length"), "str")});
      break;  // BINUNICODE8
    case 'B':
      PushNew({Kind::kBytes, 0, reader_.Take(reader_.Read<uint32_t>("length"), "bytes")});
      break;  // BINBYTES
    case 'C':
      PushNew({Kind::kBytes, 0, reader_.Take(reader_.Read<uint8_t>("length"), "bytes")});
      break;  // SHORT_BINBYTES
    case ')':
      PushNew({Kind::kTuple});
      break;  // EMPTY_TUPLE
    case 't':
      PushNew({Kind::kTuple, 0, {}, nullptr, PopToMark()});
      break;  // TUPLE
    case 0x85:
      PushNew({Kind::kTuple, 0, {}, nullptr, PopCount(1)});
      break;  // TUPLE1
    case 0x86:
      PushNew({Kind::kTuple, 0, {}, nullptr, PopCount(2)});
      break;  // TUPLE2
    case 0x87:
      PushNew({Kind::kTuple, 0, {}, nullptr, PopCount(3)});
      break;  // TUPLE3
    case ']':
      PushNew({Kind::kList});
      break;  // EMPTY_LIST
    case 'a':
      Append(PopCount(1), Kind::kList, "the target of APPEND");
      break;  // APPEND
    case 'e':
      Append(PopToMark(), Kind::kList, "the target of APPENDS");
      break;  // APPENDS
    case '}':
      PushNew({Kind::kDict});
      break;  // EMPTY_DICT
    case 's':
      Append(PopCount(2), Kind::kDict, "the target of SETITEM");
      break;  // SETITEM
    case 'u':
      Append(PopToMark(), Kind::kDict, "the target of SETITEMS");
      break;  // SETITEMS
    case 'q':
      Memoize(reader_.Read<uint8_t>("memo"));
      break;  // BINPUT
    case 'r':
      Memoize(reader_.Read<uint32_t>("memo"));
      break;  // LONG_BINPUT
    case 0x94:
      Memoize(static_cast<uint32_t>(memo_.size()));
      break;  // MEMOIZE
    case 'h':
      Recall(reader_.Read<uint8_t>("memo"));
      break;  // BINGET
    case 'j':
      Recall(reader_.Read<uint32_t>("memo"));
      break;     // LONG_BINGET
    case 'c': {  // GLOBAL
      const std::string_view module = Line();
      PushGlobal(std::string(module) + "." + std::string(Line()));
      break;
    }
    case 0x93: {  // STACK_GLOBAL
      const std::string_view name = Expect(Pop(), Kind::kText, "the name of a global").text;
      PushGlobal(std::string(Expect(Pop(), Kind::kText, "the module of a global").text) + "." +
                 std::string(name));
      break;
    }
    case 'Q':
      PersistentId();
      break;  // BINPERSID
    case 'R':
      Reduce();
      break;  // REDUCE
    case 'b':
      Build();
      break;  // BUILD
    default:
      Malformed("opcode ", int{op}, " is not one that a state dict needs; nothing was executed");
  }
  return true;
}

void Unpickler::PushLong(size_t bytes) {
  const std::string_view digits = reader_.Take(bytes, "int");
  Require(bytes <= sizeof(int64_t), "an integer of ", bytes, " bytes");
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(digits[i])) << (8 * i);
  }
  if (bytes > 0 && bytes < sizeof(int64_t) && (static_cast<uint8_t>(digits.back()) & 0x80) != 0) {
    value |= ~uint64_t{0} << (8 * bytes);  // sign
  }
  PushNew({Kind::kInteger, static_cast<int64_t>(value)});
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
  for (const KnownGlobal& known : kGlobals) {
    if (known.name == name) {
      PushNew({Kind::kGlobal, 0, {}, &known});
      return;
    }
  }
  Malformed("it asks for ", name,
            ", which a state dict of plain tensors does not need. Nothing was executed. Do not "
            "load this file with a full unpickler unless you trust where it came from; if you do, save "
            "{name: tensor} again as safetensors");
}

/// ("storage", type, key, device, elements): the storage, whose bytes are a record of the archive.
void Unpickler::PersistentId() {
  const Object& id = Expect(Pop(), Kind::kTuple, "a persistent id");
  Require(id.items.size() == 5 &&
              Expect(id.items[0], Kind::kText, "the kind of a persistent id").text == "storage",
          "a persistent id should be (\"storage\", type, key, device, elements)");
  const Object& type = Expect(id.items[1], Kind::kGlobal, "the type of a storage");
  Require(type.global->global == Global::kStorageType, type.global->name, " is not a type of storage");
  const std::string_view key = Expect(id.items[2], Kind::kText, "the key of a storage").text;
  const int64_t elements = Expect(id.items[4], Kind::kInteger, "the number of elements of a storage").integer;
  PushNew({Kind::kStorage, elements, key, type.global});
}

void Unpickler::Reduce() {
  const Ref arguments_ref = Pop();
  const Object& arguments = Expect(arguments_ref, Kind::kTuple, "the arguments of REDUCE");
  const Object& callee = Expect(Pop(), Kind::kGlobal, "what REDUCE calls");
  const std::vector<Ref>& items = arguments.items;
  switch (callee.global->global) {
    case Global::kOrderedDict:
      Require(items.empty(), "an OrderedDict should be made empty and then filled");
      PushNew({Kind::kDict});
      return;
    case Global::kRebuildTensor:  // storage, offset, size, stride, requires_grad, hooks[, metadata]
      Require(items.size() == 6 || items.size() == 7, "_rebuild_tensor_v2 has ", items.size(), " arguments");
      Expect(items[0], Kind::kStorage, "the storage of a tensor");
      Expect(items[1], Kind::kInteger, "the offset of a tensor");
      Expect(items[2], Kind::kTuple, "the size of a tensor");
      Expect(items[3], Kind::kTuple, "the stride of a tensor");
      PushNew({Kind::kTensor, 0, {}, nullptr, {items[0], items[1], items[2], items[3]}});
      return;
    case Global::kRebuildParameter: {  // data, requires_grad, hooks
      Require(items.size() == 3, "_rebuild_parameter has ", items.size(), " arguments");
      Expect(items[0], Kind::kTensor, "the data of a parameter");
      Push(items[0]);
      return;
    }
    case Global::kStorageType:
      break;
  }
  Malformed("REDUCE calls ", callee.global->name);
}

/// An OrderedDict's attributes (torch puts version numbers in _metadata) say nothing about tensors: dropped.
void Unpickler::Build() {
  Pop();
  Expect(Top(), Kind::kDict, "the target of BUILD");
}

std::vector<int64_t> Unpickler::Sizes(Ref ref, const char* what) const {
  const Object& tuple = objects_[ref];
  Require(tuple.items.size() <= kMaxDimensions, "a tensor of ", tuple.items.size(), " dimensions");
  std::vector<int64_t> sizes;
  for (const Ref item : tuple.items) {
    sizes.push_back(Expect(item, Kind::kInteger, what).integer);
  }
  return sizes;
}

std::vector<PickledTensor> Unpickler::Tensors(Ref root) const {
  const Object& dict = Expect(root, Kind::kDict, "what was saved");
  std::vector<PickledTensor> tensors;
  std::set<std::string_view> names;
  for (size_t i = 0; i < dict.items.size(); i += 2) {
    const std::string_view name = Expect(dict.items[i], Kind::kText, "a key of the state dict").text;
    Require(names.insert(name).second, "key ", name, " is there twice");
    const Object& value = objects_[dict.items[i + 1]];
    Require(value.kind == Kind::kTensor, "the value of ", name, " should be a tensor, is a ",
            kKindNames[static_cast<size_t>(value.kind)], ": not a plain state dict");
    const Object& storage = objects_[value.items[0]];
    tensors.push_back({std::string(name), std::string(storage.text), storage.global->type, storage.integer,
                       objects_[value.items[1]].integer, Sizes(value.items[2], "a size of a tensor"),
                       Sizes(value.items[3], "a stride of a tensor")});
  }
  return tensors;
}

}  // namespace

std::vector<PickledTensor> ReadStateDictPickle(std::string_view pickle, const std::string& origin) {
  return Unpickler(pickle, origin).Run();
}

}  // namespace vffn
