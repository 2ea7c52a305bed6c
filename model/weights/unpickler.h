// A pickle interpreter that executes nothing, for ReadStateDictPickle.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "model/weights/byte_reader.h"
#include "model/weights/element_type.h"

namespace vffn {

/// The globals that a pickle may name.
enum class PickleGlobal : uint8_t { kOrderedDict, kRebuildTensor, kRebuildParameter, kStorageType };

struct KnownGlobal {
  std::string_view name;
  PickleGlobal global;
  ElementType type = ElementType::kF32;  ///< of a kStorageType
};

enum class PickleKind : uint8_t {
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

/// Objects refer to each other by index in one list, so cycles do no harm and destruction does not recurse.
using PickleRef = uint32_t;

struct PickleObject {
  PickleKind kind;
  int64_t integer = 0;                  ///< bool, int; elements of a storage
  std::string_view text;                ///< str, bytes; key of a storage
  const KnownGlobal* global = nullptr;  ///< of a global; type of a storage
  /// Of a tuple, list, or dict (key, value, key, ...); of a tensor: storage, offset, shape, strides.
  std::vector<PickleRef> items;
};

/// Interprets one pickle, which must outlive it. Errors begin with the origin and name the byte offset.
class Unpickler {
 public:
  Unpickler(std::string_view pickle, const std::string& origin) : reader_(pickle, origin) {}

  /// Interprets all opcodes. Returns the pickled object.
  PickleRef Run();

  const PickleObject& operator[](PickleRef ref) const { return objects_[ref]; }

  /// The object. Throws Error, in which `what` names it, if it is not of that kind.
  const PickleObject& Expect(PickleRef ref, PickleKind kind, const char* what) const;

  template <class... Parts>
  void Require(bool ok, const Parts&... parts) const {
    VFFN_CHECK(ok, reader_.origin(), ": pickle, byte ", op_offset_, ": ", parts...);
  }

 private:
  // Each executes one opcode of a group and returns false if the opcode belongs to another.
  bool Step();
  bool PushConstant(uint8_t op);
  bool PushText(uint8_t op);
  bool MakeTuple(uint8_t op);
  bool Fill(uint8_t op);
  bool UseMemo(uint8_t op);
  bool UseGlobal(uint8_t op);
  bool MoveStack(uint8_t op);

  void PushLong(size_t bytes);
  void PushGlobal(const std::string& name);
  void PushPersistent();
  void Reduce();
  void Build();
  void Append(std::vector<PickleRef> values, PickleKind kind);
  void Memoize(uint32_t key);
  void Recall(uint32_t key);
  std::string_view Line();

  void Push(PickleObject object);
  size_t Depth() const;  ///< objects above the innermost mark
  PickleRef Pop();
  PickleRef Top() const;
  std::vector<PickleRef> PopCount(size_t count);
  std::vector<PickleRef> PopToMark();

  ByteReader reader_;
  size_t op_offset_ = 0;
  std::vector<PickleObject> objects_;
  std::vector<PickleRef> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint32_t, PickleRef> memo_;
};

}  // namespace vffn
