#include "model/weights/unpickler.h"

#include <array>
#include <utility>

namespace vffn {
namespace {

constexpr size_t kMaxObjects = 4'000'000;  // a tensor takes some 20

using enum PickleKind;

constexpr std::array kKindNames = {"None",  "bool", "int",  "float",  "str",     "bytes",
                                   "tuple", "list", "dict", "global", "storage", "tensor"};

const char* NameOf(PickleKind kind) { return kKindNames[static_cast<size_t>(kind)]; }

/// By the names of Python's pickletools.
enum Opcode : uint8_t {
  PROTO = 0x80,
  FRAME = 0x95,
  STOP = '.',
  MARK = '(',
  POP = '0',
  POP_MARK = '1',
  NONE = 'N',
  NEWTRUE = 0x88,
  NEWFALSE = 0x89,
  BININT = 'J',
  BININT1 = 'K',
  BININT2 = 'M',
  LONG1 = 0x8a,
  BINFLOAT = 'G',
  BINUNICODE = 'X',
  SHORT_BINUNICODE = 0x8c,
  BINUNICODE8 = 0x8d,
  BINBYTES = 'B',
  SHORT_BINBYTES = 'C',
  EMPTY_TUPLE = ')',
  TUPLE = 't',
  TUPLE1 = 0x85,
  TUPLE2 = 0x86,
  TUPLE3 = 0x87,
  EMPTY_LIST = ']',
  APPEND = 'a',
  APPENDS = 'e',
  EMPTY_DICT = '}',
  SETITEM = 's',
  SETITEMS = 'u',
  BINPUT = 'q',
  LONG_BINPUT = 'r',
  MEMOIZE = 0x94,
  BINGET = 'h',
  LONG_BINGET = 'j',
  GLOBAL = 'c',
  STACK_GLOBAL = 0x93,
  BINPERSID = 'Q',
  REDUCE = 'R',
  BUILD = 'b',
};

constexpr KnownGlobal kGlobals[] = {
    {"collections.OrderedDict", PickleGlobal::kOrderedDict},
    {"torch._utils._rebuild_tensor_v2", PickleGlobal::kRebuildTensor},
    {"torch._utils._rebuild_parameter", PickleGlobal::kRebuildParameter},
    {"torch.DoubleStorage", PickleGlobal::kStorageType, ElementType::kF64},
    {"torch.FloatStorage", PickleGlobal::kStorageType, ElementType::kF32},
    {"torch.HalfStorage", PickleGlobal::kStorageType, ElementType::kF16},
    {"torch.BFloat16Storage", PickleGlobal::kStorageType, ElementType::kBf16},
    {"torch.LongStorage", PickleGlobal::kStorageType, ElementType::kI64},
    {"torch.IntStorage", PickleGlobal::kStorageType, ElementType::kI32},
    {"torch.ShortStorage", PickleGlobal::kStorageType, ElementType::kI16},
    {"torch.CharStorage", PickleGlobal::kStorageType, ElementType::kI8},
    {"torch.ByteStorage", PickleGlobal::kStorageType, ElementType::kU8},
    {"torch.BoolStorage", PickleGlobal::kStorageType, ElementType::kBool},
};

}  // namespace

PickleRef Unpickler::Run() {
  while (Step()) {
  }
  Require(stack_.size() == 1 && marks_.empty(), "the pickle does not end with exactly one object");
  return stack_.back();
}

const PickleObject& Unpickler::Expect(PickleRef ref, PickleKind kind, const char* what) const {
  const PickleObject& object = objects_[ref];
  Require(object.kind == kind, what, " should be a ", NameOf(kind), ", is a ", NameOf(object.kind));
  return object;
}

// --- the stack ---

void Unpickler::Push(PickleObject object) {
  Require(objects_.size() < kMaxObjects, "more than ", kMaxObjects, " objects: not a state dict");
  objects_.push_back(std::move(object));
  stack_.push_back(static_cast<PickleRef>(objects_.size() - 1));
}

size_t Unpickler::Depth() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }

PickleRef Unpickler::Pop() {
  const PickleRef ref = Top();
  stack_.pop_back();
  return ref;
}

PickleRef Unpickler::Top() const {
  Require(Depth() > 0, "the stack is empty");
  return stack_.back();
}

std::vector<PickleRef> Unpickler::PopCount(size_t count) {
  Require(Depth() >= count, "the stack holds too few objects");
  std::vector<PickleRef> refs(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
  stack_.resize(stack_.size() - count);
  return refs;
}

std::vector<PickleRef> Unpickler::PopToMark() {
  Require(!marks_.empty(), "there is no mark");
  std::vector<PickleRef> refs = PopCount(Depth());
  marks_.pop_back();
  return refs;
}

// --- opcodes ---

/// Interprets one opcode; false at STOP.
bool Unpickler::Step() {
  op_offset_ = reader_.position();
  const auto op = reader_.Read<uint8_t>("opcode");
  if (op == STOP) {
    return false;
  }
  const bool known = PushConstant(op) || PushText(op) || MakeTuple(op) || Fill(op) || UseMemo(op) ||
                     UseGlobal(op) || MoveStack(op);
  Require(known, "opcode ", int{op}, " is not one that a state dict needs; nothing was executed");
  return true;
}

bool Unpickler::PushConstant(uint8_t op) {
  switch (op) {
    case NONE:
      Push({kNone});
      return true;
    case NEWTRUE:
    case NEWFALSE:
      Push({kBool, op == NEWTRUE});
      return true;
    case BININT:
      Push({kInteger, reader_.Read<int32_t>("int")});
      return true;
    case BININT1:
      Push({kInteger, reader_.Read<uint8_t>("int")});
      return true;
    case BININT2:
      Push({kInteger, reader_.Read<uint16_t>("int")});
      return true;
    case LONG1:
      PushLong(reader_.Read<uint8_t>("length of an int"));
      return true;
    case BINFLOAT:
      reader_.Take(sizeof(double), "float");  // no float says anything about a tensor
      Push({kFloat});
      return true;
    default:
      return false;
  }
}

bool Unpickler::PushText(uint8_t op) {
  uint64_t length;
  switch (op) {
    case SHORT_BINUNICODE:
    case SHORT_BINBYTES:
      length = reader_.Read<uint8_t>("length");
      break;
    case BINUNICODE:
    case BINBYTES:
      length = reader_.Read<uint32_t>("length");
      break;
    case BINUNICODE8:
      length = reader_.Read<uint64_t>("length");
      break;
    default:
      return false;
  }
  const bool bytes = op == SHORT_BINBYTES || op == BINBYTES;
  Push({bytes ? kBytes : kText, 0, reader_.Take(length, bytes ? "bytes" : "str")});
  return true;
}

bool Unpickler::MakeTuple(uint8_t op) {
  switch (op) {
    case EMPTY_TUPLE:
      Push({kTuple});
      return true;
    case TUPLE:
      Push({kTuple, 0, {}, nullptr, PopToMark()});
      return true;
    case TUPLE1:
    case TUPLE2:
    case TUPLE3:
      Push({kTuple, 0, {}, nullptr, PopCount(op - TUPLE1 + 1)});
      return true;
    default:
      return false;
  }
}

bool Unpickler::Fill(uint8_t op) {
  switch (op) {
    case EMPTY_LIST:
      Push({kList});
      return true;
    case APPEND:
      Append(PopCount(1), kList);
      return true;
    case APPENDS:
      Append(PopToMark(), kList);
      return true;
    case EMPTY_DICT:
      Push({kDict});
      return true;
    case SETITEM:
      Append(PopCount(2), kDict);
      return true;
    case SETITEMS:
      Append(PopToMark(), kDict);
      return true;
    default:
      return false;
  }
}

bool Unpickler::UseMemo(uint8_t op) {
  switch (op) {
    case BINPUT:
      Memoize(reader_.Read<uint8_t>("memo"));
      return true;
    case LONG_BINPUT:
      Memoize(reader_.Read<uint32_t>("memo"));
      return true;
    case MEMOIZE:
      Memoize(static_cast<uint32_t>(memo_.size()));
      return true;
    case BINGET:
      Recall(reader_.Read<uint8_t>("memo"));
      return true;
    case LONG_BINGET:
      Recall(reader_.Read<uint32_t>("memo"));
      return true;
    default:
      return false;
  }
}

bool Unpickler::UseGlobal(uint8_t op) {
  switch (op) {
    case GLOBAL: {
      const std::string_view module = Line();
      PushGlobal(std::string(module) + "." + std::string(Line()));
      return true;
    }
    case STACK_GLOBAL: {
      const std::string_view name = Expect(Pop(), kText, "the name of a global").text;
      PushGlobal(std::string(Expect(Pop(), kText, "the module of a global").text) + "." + std::string(name));
      return true;
    }
    case BINPERSID:
      PushPersistent();
      return true;
    case REDUCE:
      Reduce();
      return true;
    case BUILD:
      Build();
      return true;
    default:
      return false;
  }
}

bool Unpickler::MoveStack(uint8_t op) {
  switch (op) {
    case PROTO: {
      const auto protocol = reader_.Read<uint8_t>("protocol");
      Require(protocol >= 2 && protocol <= 5, "protocol ", int{protocol}, " is not supported, 2 to 5 are");
      return true;
    }
    case FRAME:
      reader_.Read<uint64_t>("frame length");  // only a hint for buffering
      return true;
    case MARK:
      marks_.push_back(stack_.size());
      return true;
    case POP:
      Pop();
      return true;
    case POP_MARK:
      PopToMark();
      return true;
    default:
      return false;
  }
}

// --- what they do ---

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
  Require(bytes <= sizeof(int64_t), "an integer of ", bytes, " bytes");
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
  for (const KnownGlobal& known : kGlobals) {
    if (known.name == name) {
      Push({kGlobal, 0, {}, &known});
      return;
    }
  }
  Require(false, "it asks for ", name,
          ", which a state dict of plain tensors does not need. Nothing was executed. Do not "
          "load this file with a full unpickler unless you trust where it came from; if you do, save "
          "{name: tensor} again as safetensors");
}

/// ("storage", type, key, device, elements): the storage, whose bytes are a record of the archive.
void Unpickler::PushPersistent() {
  const PickleObject& id = Expect(Pop(), kTuple, "a persistent id");
  Require(id.items.size() == 5 && Expect(id.items[0], kText, "the kind of a persistent id").text == "storage",
          "a persistent id should be (\"storage\", type, key, device, elements)");
  const PickleObject& type = Expect(id.items[1], kGlobal, "the type of a storage");
  Require(type.global->global == PickleGlobal::kStorageType, type.global->name, " is not a type of storage");
  const std::string_view key = Expect(id.items[2], kText, "the key of a storage").text;
  const int64_t elements = Expect(id.items[4], kInteger, "the number of elements of a storage").integer;
  Push({kStorage, elements, key, type.global});
}

void Unpickler::Reduce() {
  const PickleRef arguments_ref = Pop();
  const PickleObject& arguments = Expect(arguments_ref, kTuple, "the arguments of REDUCE");
  const PickleObject& callee = Expect(Pop(), kGlobal, "what REDUCE calls");
  const std::vector<PickleRef>& items = arguments.items;
  switch (callee.global->global) {
    case PickleGlobal::kOrderedDict:
      Require(items.empty(), "an OrderedDict should be made empty and then filled");
      Push({kDict});
      return;
    case PickleGlobal::kRebuildTensor:  // storage, offset, size, stride, requires_grad, hooks[, metadata]
      Require(items.size() == 6 || items.size() == 7, "_rebuild_tensor_v2 has ", items.size(), " arguments");
      Expect(items[0], kStorage, "the storage of a tensor");
      Expect(items[1], kInteger, "the offset of a tensor");
      Expect(items[2], kTuple, "the size of a tensor");
      Expect(items[3], kTuple, "the stride of a tensor");
      Push({kTensor, 0, {}, nullptr, {items[0], items[1], items[2], items[3]}});
      return;
    case PickleGlobal::kRebuildParameter: {  // data, requires_grad, hooks
      Require(items.size() == 3, "_rebuild_parameter has ", items.size(), " arguments");
      Expect(items[0], kTensor, "the data of a parameter");
      stack_.push_back(items[0]);
      return;
    }
    case PickleGlobal::kStorageType:
      break;
  }
  Require(false, "REDUCE calls ", callee.global->name);
}

/// An OrderedDict's attributes (torch puts version numbers in _metadata) say nothing about tensors: dropped.
void Unpickler::Build() {
  Pop();
  Expect(Top(), kDict, "the target of BUILD");
}

}  // namespace vffn
