#include "tests/model/oracle.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "model/weights/safetensors_file.h"

namespace vffn {
namespace {

std::filesystem::path OracleFolder(const std::string& name) {
  return std::filesystem::path(VFFN_TESTS_DIR) / "testdata" / "oracles" / name;
}

}  // namespace

OracleFile::OracleFile(const std::string& oracle, const std::string& file)
    : file_(OracleFolder(oracle) / file), tensors_(ReadSafetensors(file_.bytes(), oracle + "/" + file)) {}

bool OracleFile::Has(const std::string& name) const {
  return std::ranges::find(tensors_, name, &TensorView::name) != tensors_.end();
}

std::vector<std::string> OracleFile::names() const {
  std::vector<std::string> names;
  for (const TensorView& tensor : tensors_) {
    names.push_back(tensor.name);
  }
  return names;
}

const TensorView& OracleFile::Find(const std::string& name) const {
  const auto found = std::ranges::find(tensors_, name, &TensorView::name);
  VFFN_CHECK(found != tensors_.end(), "the oracle has no tensor ", name);
  return *found;
}

template <class T>
std::vector<T> OracleFile::Values(const std::string& name) const {
  const TensorView& tensor = Find(name);
  std::vector<T> values(tensor.bytes.size() / sizeof(T));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

std::vector<float> OracleFile::Floats(const std::string& name) const { return Values<float>(name); }
std::vector<int64_t> OracleFile::Integers(const std::string& name) const { return Values<int64_t>(name); }
std::vector<uint8_t> OracleFile::Flags(const std::string& name) const { return Values<uint8_t>(name); }
const std::vector<int64_t>& OracleFile::Shape(const std::string& name) const { return Find(name).shape; }

OracleInput::OracleInput(const OracleFile& file)
    : input_ids(file.Integers("input_ids")),
      batch(file.Shape("input_ids")[0]),
      length(file.Shape("input_ids")[1]) {
  lengths = file.Has("lengths") ? file.Integers("lengths") : std::vector<int64_t>(batch, length);
  for (int64_t row = 0; row < batch; ++row) {
    const auto ids = input_ids.begin() + row * length;
    sequences.emplace_back(ids, ids + lengths[row]);
    if (lengths[row] < length) {
      padding = static_cast<int32_t>(ids[lengths[row]]);
    }
  }
}

Json ReadOracleJson(const std::string& oracle, const std::string& file) {
  return ReadJsonFile(OracleFolder(oracle) / file);
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

std::string ModelArgs(const std::string& name) {
  const Json meta = ReadOracleJson(name, "meta.json");
  return "top_k=" + std::to_string(meta.at("active_experts").get<int>());
}

}  // namespace vffn
