#include "model/weights/pickle_globals.h"

#include <algorithm>

namespace vffn {
namespace {

constexpr KnownGlobal StorageClass(std::string_view name, ElementType type) {
  return {name, PickleGlobal::kStorageType, type};
}
constexpr KnownGlobal DtypeObject(std::string_view name, ElementType type) {
  return {name, PickleGlobal::kDtype, type};
}
constexpr KnownGlobal RecordClass(std::string_view name) { return {name, PickleGlobal::kRecord}; }

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
    StorageClass("torch.DoubleStorage", ElementType::kF64),
    StorageClass("torch.FloatStorage", ElementType::kF32),
    StorageClass("torch.HalfStorage", ElementType::kF16),
    StorageClass("torch.BFloat16Storage", ElementType::kBf16),
    StorageClass("torch.LongStorage", ElementType::kI64),
    StorageClass("torch.IntStorage", ElementType::kI32),
    StorageClass("torch.ShortStorage", ElementType::kI16),
    StorageClass("torch.CharStorage", ElementType::kI8),
    StorageClass("torch.ByteStorage", ElementType::kU8),
    StorageClass("torch.BoolStorage", ElementType::kBool),
    StorageClass("torch.UntypedStorage", ElementType::kU8),
    StorageClass("torch.storage.UntypedStorage", ElementType::kU8),
    DtypeObject("torch.float64", ElementType::kF64),
    DtypeObject("torch.float32", ElementType::kF32),
    DtypeObject("torch.float16", ElementType::kF16),
    DtypeObject("torch.bfloat16", ElementType::kBf16),
    DtypeObject("torch.float8_e4m3fn", ElementType::kF8E4M3),
    DtypeObject("torch.float8_e5m2", ElementType::kF8E5M2),
    DtypeObject("torch.int64", ElementType::kI64),
    DtypeObject("torch.int32", ElementType::kI32),
    DtypeObject("torch.int16", ElementType::kI16),
    DtypeObject("torch.int8", ElementType::kI8),
    DtypeObject("torch.uint64", ElementType::kU64),
    DtypeObject("torch.uint32", ElementType::kU32),
    DtypeObject("torch.uint16", ElementType::kU16),
    DtypeObject("torch.uint8", ElementType::kU8),
    DtypeObject("torch.bool", ElementType::kBool),
    RecordClass("torch.Tensor"),
    RecordClass("torch.nn.parameter.Buffer"),
    RecordClass("torch.device"),
    RecordClass("torch.serialization._get_layout"),
    RecordClass("_codecs.encode"),
    RecordClass("builtins.set"),
    RecordClass("builtins.frozenset"),
    RecordClass("builtins.bytearray"),
    RecordClass("builtins.complex"),
    RecordClass("builtins.slice"),
    RecordClass("collections.Counter"),
    RecordClass("datetime.datetime"),
    RecordClass("datetime.timedelta"),
    RecordClass("numpy.dtype"),
    RecordClass("numpy.ndarray"),
    RecordClass("numpy.core.multiarray.scalar"),
    RecordClass("numpy._core.multiarray.scalar"),
    RecordClass("numpy.core.multiarray._reconstruct"),
    RecordClass("numpy._core.multiarray._reconstruct"),
    RecordClass("pathlib.Path"),
    RecordClass("pathlib.PosixPath"),
    RecordClass("pathlib._local.PosixPath"),
    RecordClass("torch.distributed.checkpoint.metadata.Metadata"),
    RecordClass("torch.distributed.checkpoint.metadata.TensorStorageMetadata"),
    RecordClass("torch.distributed.checkpoint.metadata.BytesStorageMetadata"),
    RecordClass("torch.distributed.checkpoint.metadata.ChunkStorageMetadata"),
    RecordClass("torch.distributed.checkpoint.metadata.TensorProperties"),
    RecordClass("torch.distributed.checkpoint.metadata.MetadataIndex"),
    RecordClass("torch.distributed.checkpoint.metadata.StorageMeta"),
    RecordClass("torch.distributed.checkpoint.metadata._MEM_FORMAT_ENCODING"),
    RecordClass("torch.distributed.checkpoint.filesystem._StorageInfo"),
    RecordClass("olmo_core.distributed.checkpoint.filesystem._StorageInfo"),
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
