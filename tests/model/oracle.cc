#include "tests/model/oracle.h"

#include <unistd.h>

#include <cstring>

#include "base/error.h"
#include "base/json.h"
#include "base/mapped_file.h"
#include "model/weights/safetensors_file.h"

namespace vffn {
namespace {

std::filesystem::path OracleFolder(const std::string& name) {
  return std::filesystem::path(VFFN_TESTS_DIR) / "testdata" / "oracles" / name;
}

const TensorView& Find(const std::vector<TensorView>& tensors, const std::string& name) {
  for (const TensorView& tensor : tensors) {
    if (tensor.name == name) {
      return tensor;
    }
  }
  Fail("the oracle has no tensor ", name);
}

template <class T>
std::vector<T> Values(const TensorView& tensor) {
  std::vector<T> values(tensor.bytes.size() / sizeof(T));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

}  // namespace

Oracle ReadOracle(const std::string& name) {
  const Json inputs = ReadJsonFile(OracleFolder(name) / "inputs.json");
  const std::filesystem::path path = OracleFolder(name) / "eval.safetensors";
  const MappedFile file(path);
  const std::vector<TensorView> tensors = ReadSafetensors(file.bytes(), path.string());
  return {.sequences = inputs.at("sequences"),
          .padding = inputs.at("pad_token_id"),
          .input_ids = Values<int64_t>(Find(tensors, "input_ids")),
          .lengths = Values<int64_t>(Find(tensors, "lengths")),
          .logits = Values<float>(Find(tensors, "logits"))};
}

std::filesystem::path CheckpointFolder(const std::string& name, const std::string& weights) {
  const std::filesystem::path source = OracleFolder(name) / "checkpoint";
  const std::filesystem::path folder = std::filesystem::temp_directory_path() /
                                       ("vffn_" + name + "_" + weights + "_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  for (const std::string& file : {std::string("config.yaml"), weights}) {
    std::filesystem::copy_file(source / file, folder / file,
                               std::filesystem::copy_options::overwrite_existing);
  }
  return folder;
}

}  // namespace vffn
