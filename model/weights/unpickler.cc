#include "model/weights/unpickler.h"

#include <array>
#include <utility>

namespace vffn {
namespace {

using enum PickleKind;

constexpr std::array kKindNames = {"None",  "bool", "int",  "long int", "float",   "str",    "bytes",
                                   "tuple", "list", "dict", "global",   "storage", "tensor", "record"};

const char* NameOf(PickleKind kind) { return kKindNames[static_cast<size_t>(kind)]; }

/// By the names of Python's pickletools.
enum Opcode : uint8_t {
  PROTO = 0x80,
  FRAME = 0x95,
  STOP = '.',
  MARK = '(',
  POP = '0',
  POP_MARK = '1',
  DUP = '2',
  NONE = 'N',
  NEWTRUE = 0x88,
  NEWFALSE = 0x89,
  BININT = 'J',
  BININT1 = 'K',
  BININT2 = 'M',
  LONG1 = 0x8a,
  LONG4 = 0x8b,
  BINFLOAT = 'G',
  BINUNICODE = 'X',
  SHORT_BINUNICODE = 0x8c,
  BINUNICODE8 = 0x8d,
  BINSTRING = 'T',
  SHORT_BINSTRING = 'U',
  BINBYTES = 'B',
  SHORT_BINBYTES = 'C',
  BINBYTES8 = 0x8e,
  BYTEARRAY8 = 0x96,
  EMPTY_TUPLE = ')',
  TUPLE = 't',
  TUPLE1 = 0x85,
  TUPLE2 = 0x86,
  TUPLE3 = 0x87,
  EMPTY_LIST = ']',
  APPEND = 'a',
  APPENDS = 'e',
  LIST = 'l',
  EMPTY_SET = 0x8f,
  ADDITEMS = 0x90,
  FROZENSET = 0x91,
  EMPTY_DICT = '}',
  SETITEM = 's',
  SETITEMS = 'u',
  DICT = 'd',
  BINPUT = 'q',
  LONG_BINPUT = 'r',
  MEMOIZE = 0x94,
  BINGET = 'h',
  LONG_BINGET = 'j',
  GLOBAL = 'c',
  STACK_GLOBAL = 0x93,
  BINPERSID = 'Q',
  REDUCE = 'R',
  NEWOBJ = 0x81,
  NEWOBJ_EX = 0x92,
  BUILD = 'b',
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

PickleRef Unpickler::Make(PickleObject object) {
  Require(objects_.size() < max_objects_, "more than ", max_objects_, " objects: not a state dict");
  objects_.push_back(std::move(object));
  return static_cast<PickleRef>(objects_.size() - 1);
}

void Unpickler::Push(PickleObject object) { stack_.push_back(Make(std::move(object))); }

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
  const bool known = PushConstant(op) || PushText(op) || PushBytes(op) || MakeTuple(op) || Fill(op) ||
                     UseMemo(op) || UseGlobal(op) || MoveStack(op);
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
    case LONG4:
      PushLong(reader_.Read<uint32_t>("length of an int"));
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
    case SHORT_BINSTRING:
      length = reader_.Read<uint8_t>("length");
      break;
    case BINUNICODE:
    case BINSTRING:
      length = reader_.Read<uint32_t>("length");
      break;
    case BINUNICODE8:
      length = reader_.Read<uint64_t>("length");
      break;
    default:
      return false;
  }
  Push({kText, 0, reader_.Take(length, "str")});
  return true;
}

bool Unpickler::PushBytes(uint8_t op) {
  uint64_t length;
  switch (op) {
    case SHORT_BINBYTES:
      length = reader_.Read<uint8_t>("length");
      break;
    case BINBYTES:
      length = reader_.Read<uint32_t>("length");
      break;
    case BINBYTES8:
    case BYTEARRAY8:
      length = reader_.Read<uint64_t>("length");
      break;
    default:
      return false;
  }
  Push({kBytes, 0, reader_.Take(length, "bytes")});
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
    case EMPTY_SET:
      Push({kList});
      return true;
    case LIST:
    case FROZENSET:
      Push({kList, 0, {}, nullptr, PopToMark()});
      return true;
    case APPEND:
      Append(PopCount(1), kList);
      return true;
    case APPENDS:
    case ADDITEMS:
      Append(PopToMark(), kList);
      return true;
    case EMPTY_DICT:
      Push({kDict});
      return true;
    case DICT: {
      const std::vector<PickleRef> items = PopToMark();
      Push({kDict});
      Append(items, kDict);
      return true;
    }
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
    case NEWOBJ_EX:
      Pop();  // keyword arguments
      [[fallthrough]];
    case NEWOBJ:
    case REDUCE: {
      const PickleRef arguments = Pop();
      const PickleRef callee = Pop();
      stack_.push_back(Call(callee, arguments));
      return true;
    }
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
    case DUP:
      stack_.push_back(Top());
      return true;
    case POP_MARK:
      PopToMark();
      return true;
    default:
      return false;
  }
}

}  // namespace vffn
