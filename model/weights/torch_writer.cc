#include "model/weights/torch_writer.h"

#include <cstring>
#include <limits>
#include <set>

#include "base/atomic_file.h"
#include "base/error.h"
#include "model/weights/tensor_view.h"
#include "model/weights/zip_writer.h"

namespace vffn {
namespace {

/// Writes the opcodes of protocol 2 that a state dict needs, by the names of Python's pickletools.
class Pickler {
 public:
  Pickler() { pickle_ = "\x80\x02"; }  // PROTO 2

  void Op(char opcode) { pickle_ += opcode; }

  void Global(std::string_view module, std::string_view name) {
    pickle_.append("c").append(module).append("\n").append(name).append("\n");
  }

  void Text(std::string_view text) {  // BINUNICODE
    pickle_ += 'X';
    Raw(static_cast<uint32_t>(text.size()));
    pickle_ += text;
  }

  void Integer(int64_t value) {
    if (value >= 0 && value <= std::numeric_limits<int32_t>::max()) {
      pickle_ += 'J';  // BININT
      Raw(static_cast<int32_t>(value));
    } else {
      pickle_ += "\x8a\x08";  // LONG1 of 8 bytes
      Raw(value);
    }
  }

  void Tuple(const std::vector<int64_t>& values) {
    Op('(');
    for (const int64_t value : values) {
      Integer(value);
    }
    Op('t');
  }

  std::string Finish() {
    Op('.');
    return std::move(pickle_);
  }

 private:
  template <class T>
  void Raw(T value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    pickle_.append(bytes, sizeof(T));
  }

  std::string pickle_;
};

std::vector<int64_t> ContiguousStrides(const std::vector<int64_t>& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * shape[i];
  }
  return strides;
}

void EmptyOrderedDict(Pickler& pickle) {
  pickle.Global("collections", "OrderedDict");
  pickle.Op(')');
  pickle.Op('R');
}

/// torch._utils._rebuild_tensor_v2(storage, offset, sizes, strides, requires_grad, hooks)
void PickleTensor(const TensorSource& tensor, const std::string& storage, int64_t elements, Pickler& pickle) {
  pickle.Global("torch._utils", "_rebuild_tensor_v2");
  pickle.Op('(');
  pickle.Op('(');
  pickle.Text("storage");
  pickle.Global("torch", tensor.type == ElementType::kBf16 ? "BFloat16Storage" : "FloatStorage");
  pickle.Text(storage);
  pickle.Text("cpu");
  pickle.Integer(elements);
  pickle.Op('t');
  pickle.Op('Q');  // BINPERSID: the tuple names the storage
  pickle.Integer(0);
  pickle.Tuple(tensor.shape);
  pickle.Tuple(ContiguousStrides(tensor.shape));
  pickle.Op('\x89');  // NEWFALSE
  EmptyOrderedDict(pickle);
  pickle.Op('t');
  pickle.Op('R');
}

}  // namespace

void WriteTorchFile(const std::filesystem::path& path, const std::vector<TensorSource>& tensors) {
  const std::string origin = path.string();
  std::vector<int64_t> sizes;
  std::set<std::string_view> names;
  Pickler pickle;
  EmptyOrderedDict(pickle);
  pickle.Op('(');
  for (const TensorSource& tensor : tensors) {
    VFFN_CHECK(tensor.type == ElementType::kF32 || tensor.type == ElementType::kBf16, origin, ": tensor ",
               tensor.name, " is ", FormatOf(tensor.type).name, ", only F32 and BF16 are written");
    VFFN_CHECK(names.insert(tensor.name).second, origin, ": tensor ", tensor.name, " is there twice");
    sizes.push_back(ContiguousBytes(tensor.name, tensor.type, tensor.shape, origin));
    pickle.Text(tensor.name);
    PickleTensor(tensor, std::to_string(sizes.size() - 1), sizes.back() / FormatOf(tensor.type).block_bytes,
                 pickle);
  }
  pickle.Op('u');

  AtomicFile file(path);
  ZipWriter zip([&](std::string_view bytes) { file.Write(bytes); });
  const std::string root = path.stem().string() + "/";
  zip.Add(root + "data.pkl", pickle.Finish());
  zip.Add(root + "byteorder", "little");
  for (size_t i = 0; i < tensors.size(); ++i) {
    zip.Add(root + "data/" + std::to_string(i), static_cast<uint64_t>(sizes[i]),
            [&](const ByteSink& sink) { WriteTensor(tensors[i], origin, sink); });
  }
  zip.Add(root + "version", "3\n");
  zip.Finish();
  file.Finish();
}

}  // namespace vffn
