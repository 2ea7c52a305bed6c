// A pickle interpreter that executes nothing. It reads state dicts and the metadata of distributed
// checkpoints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "model/weights/byte_reader.h"
#include "model/weights/pickle_globals.h"

namespace vffn {

enum class PickleKind : uint8_t {
  kNone,
  kBool,
  kInteger,
  kLong,  ///< an int of more than 64 bits
  kFloat,
  kText,
  kBytes,
  kTuple,
  kList,
  kDict,
  kGlobal,
  kStorage,
  kTensor,
  kRecord,
};

/// Objects refer to each other by index in one list, so cycles do no harm and destruction does not recurse.
using PickleRef = uint32_t;

struct PickleObject {
  PickleKind kind;
  int64_t integer = 0;                  ///< bool, int; elements of a storage
  std::string_view text;                ///< str, bytes; key of a storage; bytes of a long int
  const KnownGlobal* global = nullptr;  ///< a global; type of a storage or tensor; class of a record
  /// Of a tuple, list, set, or dict (key, value, key, ...); of a tensor: storage, offset, shape, strides; of
  /// a storage that is a view of another: the offset; of a record: the arguments of the call, then its state.
  std::vector<PickleRef> items;
};

constexpr size_t kMaxPickleObjects = 4'000'000;  // a tensor takes some 20

/// Interprets one pickle, which must outlive it. Errors begin with the origin and name the byte offset.
class Unpickler {
 public:
  /// The pickle begins at byte `start` of `bytes` and may end before them.
  Unpickler(std::string_view bytes, const std::string& origin, size_t start = 0,
            size_t max_objects = kMaxPickleObjects)
      : reader_(bytes, origin, start), max_objects_(max_objects) {}

  /// Interprets all opcodes. Returns the pickled object.
  PickleRef Run();

  /// After Run: the byte after the pickle.
  size_t end() const { return reader_.position(); }

  const PickleObject& operator[](PickleRef ref) const { return objects_[ref]; }

  /// All objects, in the order in which they were made.
  const std::vector<PickleObject>& objects() const { return objects_; }

  /// The value under a key of a dict, if there is one.
  std::optional<PickleRef> Find(const PickleObject& dict, std::string_view key) const;

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
  bool PushBytes(uint8_t op);
  bool MakeTuple(uint8_t op);
  bool Fill(uint8_t op);
  bool UseMemo(uint8_t op);
  bool UseGlobal(uint8_t op);
  bool MoveStack(uint8_t op);

  void PushLong(size_t bytes);
  void PushGlobal(const std::string& name);
  void PushPersistent();
  /// What a call makes of its arguments.
  PickleRef Call(PickleRef callee, PickleRef arguments);
  PickleRef MakeDict(const std::vector<PickleRef>& arguments);
  PickleRef MakeTensor(const KnownGlobal& callee, const std::vector<PickleRef>& arguments);
  void Build();
  void Append(std::vector<PickleRef> values, PickleKind kind);
  void Memoize(uint32_t key);
  void Recall(uint32_t key);
  std::string_view Line();

  PickleRef Make(PickleObject object);
  void Push(PickleObject object);
  size_t Depth() const;  ///< objects above the innermost mark
  PickleRef Pop();
  PickleRef Top() const;
  std::vector<PickleRef> PopCount(size_t count);
  std::vector<PickleRef> PopToMark();

  ByteReader reader_;
  size_t max_objects_;
  size_t copied_ = 0;  ///< items of lists that became dicts
  size_t op_offset_ = 0;
  std::vector<PickleObject> objects_;
  std::vector<PickleRef> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint32_t, PickleRef> memo_;
};

}  // namespace vffn
