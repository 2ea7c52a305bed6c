#include "model/weights/pickle_globals.h"

#include <algorithm>

namespace vffn {
namespace {

constexpr KnownGlobal Storage(std::string_view name, ElementType type) {
  return {name, PickleGlobal::kStorageType, type};
}
constexpr KnownGlobal Dtype(std::string_view name, ElementType type) {
  return {name, PickleGlobal::kDtype, type};
}
constexpr KnownGlobal Record(std::string_view name) { return {name, PickleGlobal::kRecord}; }

constexpr KnownGlobal kPickleGlobals[] = {
    {"collections.OrderedDict", PickleGlobal::kOrderedDict},
    {"torch.Size", PickleGlobal::kSize},
    {"torch._utils._rebuild_tensor", PickleGlobal::kRebuildTensor},
    {"torch._utils._rebuild_tensor_v2", PickleGlobal::kRebuildTensor},
    {"torch._utils._rebuild_tensor_v3", PickleGlobal::kRebuildTensorV3},
    {"torch._utils._rebuild_parameter", PickleGlobal::kRebuildParameter},
    {"torch._utils._rebuild_parameter_with_state", PickleGlobal::kRebuildParameter},
    {"torch.nn.parameter.Parameter", PickleGlobal::kRebuildParameter},
    {"torch._tensor._rebuild_from_type_v2", PickleGlobal::kRebuildFromType},
    Storage("torch.DoubleStorage", ElementType::kF64),
    Storage("torch.FloatStorage", ElementType::kF32),
    Storage("torch.HalfStorage", ElementType::kF16),
    Storage("torch.BFloat16Storage", ElementType::kBf16),
    Storage("torch.LongStorage", ElementType::kI64),
    Storage("torch.IntStorage", ElementType::kI32),
    Storage("torch.ShortStorage", ElementType::kI16),
    Storage("torch.CharStorage", ElementType::kI8),
    Storage("torch.ByteStorage", ElementType::kU8),
    Storage("torch.BoolStorage", ElementType::kBool),
    Storage("torch.UntypedStorage", ElementType::kU8),
    Storage("torch.storage.UntypedStorage", ElementType::kU8),
    Dtype("torch.float64", ElementType::kF64),
    Dtype("torch.float32", ElementType::kF32),
    Dtype("torch.float16", ElementType::kF16),
    Dtype("torch.bfloat16", ElementType::kBf16),
    Dtype("torch.float8_e4m3fn", ElementType::kF8E4M3),
    Dtype("torch.float8_e5m2", ElementType::kF8E5M2),
    Dtype("torch.int64", ElementType::kI64),
    Dtype("torch.int32", ElementType::kI32),
    Dtype("torch.int16", ElementType::kI16),
    Dtype("torch.int8", ElementType::kI8),
    Dtype("torch.uint64", ElementType::kU64),
    Dtype("torch.uint32", ElementType::kU32),
    Dtype("torch.uint16", ElementType::kU16),
    Dtype("torch.uint8", ElementType::kU8),
    Dtype("torch.bool", ElementType::kBool),
    Record("torch.Tensor"),
    Record("torch.nn.parameter.Buffer"),
    Record("torch.device"),
    Record("torch.serialization._get_layout"),
    Record("_codecs.encode"),
    Record("builtins.set"),
    Record("builtins.frozenset"),
    Record("builtins.bytearray"),
    Record("builtins.complex"),
    Record("builtins.slice"),
    Record("collections.Counter"),
    Record("datetime.datetime"),
    Record("datetime.timedelta"),
    Record("numpy.dtype"),
    Record("numpy.ndarray"),
    Record("numpy.core.multiarray.scalar"),
    Record("numpy._core.multiarray.scalar"),
    Record("numpy.core.multiarray._reconstruct"),
    Record("numpy._core.multiarray._reconstruct"),
    Record("pathlib.Path"),
    Record("pathlib.PosixPath"),
    Record("pathlib._local.PosixPath"),
    Record("torch.distributed.checkpoint.metadata.Metadata"),
    Record("torch.distributed.checkpoint.metadata.TensorStorageMetadata"),
    Record("torch.distributed.checkpoint.metadata.BytesStorageMetadata"),
    Record("torch.distributed.checkpoint.metadata.ChunkStorageMetadata"),
    Record("torch.distributed.checkpoint.metadata.TensorProperties"),
    Record("torch.distributed.checkpoint.metadata.MetadataIndex"),
    Record("torch.distributed.checkpoint.metadata.StorageMeta"),
    Record("torch.distributed.checkpoint.metadata._MEM_FORMAT_ENCODING"),
    Record("torch.distributed.checkpoint.filesystem._StorageInfo"),
    Record("olmo_core.distributed.checkpoint.filesystem._StorageInfo"),
};

struct Cause {
  std::string_view beginning;  ///< of the global's name
  std::string_view text;
};

constexpr Cause kCauses[] = {
    {"argparse.", "it holds the options of a training script (argparse)"},
    {"omegaconf.", "it holds the options of a training script (OmegaConf)"},
    {"megatron.", "it is a checkpoint of Megatron-LM, which holds the options of its training script"},
    {"torch.distributed.", "it holds one process's part of tensors that are distributed"},
    {"torch._utils._rebuild_sparse_tensor", "it holds a sparse tensor"},
    {"torch._utils._rebuild_qtensor", "it holds a quantised tensor"},
    {"torch._utils._rebuild_", "it holds a kind of tensor that is not read"},
    {"torch.nn.", "it holds a whole model object, not its state dict"},
    {"transformers.models.", "it holds a whole model object, not its state dict"},
    {"transformers.", "it holds an object of transformers, not only tensors"},
    {"pytorch_lightning.", "it holds objects of PyTorch Lightning, not only tensors"},
    {"lightning.", "it holds objects of PyTorch Lightning, not only tensors"},
    {"__main__.", "it holds an object of the script that saved it"},
};

}  // namespace

const KnownGlobal* FindPickleGlobal(std::string_view name) {
  constexpr std::string_view kPython2 = "__builtin__.";  // what protocol 2 calls builtins
  const std::string known = name.starts_with(kPython2)
                                ? "builtins." + std::string(name.substr(kPython2.size()))
                                : std::string(name);
  const auto* found = std::ranges::find(kPickleGlobals, known, &KnownGlobal::name);
  return found == std::end(kPickleGlobals) ? nullptr : found;
}

std::string CauseOfUnknownGlobal(std::string_view name) {
  for (const Cause& cause : kCauses) {
    if (name.starts_with(cause.beginning)) {
      return std::string(cause.text);
    }
  }
  return "it holds more than tensors and plain values";
}

}  // namespace vffn
