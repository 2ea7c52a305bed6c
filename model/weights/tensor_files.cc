#include "model/weights/tensor_files.h"

#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "model/weights/downloaded_file.h"
#include "model/weights/safetensors_file.h"
#include "model/weights/torch_file.h"

namespace vffn {
namespace {

/// Names of tensors by the file that an index says holds them.
using WeightMap = std::map<std::string, std::set<std::string>>;

WeightMap ReadWeightMap(const std::filesystem::path& index) {
  const Json json = ReadJsonFile(index);
  const Fields map = Fields(json, index.string()).Object("weight_map");
  WeightMap files;
  for (const auto& [name, file] : json["weight_map"].items()) {
    const auto file_name = ConvertJson<std::string>(file, map.PlaceOf(name));
    VFFN_CHECK(!file_name.empty() && file_name != "." && file_name != ".." &&
                   file_name.find('/') == std::string::npos,
               map.Where(name), " is ", file.dump(), ", should be the name of a file in this folder");
    files[file_name].insert(name);
  }
  return files;
}

}  // namespace

std::vector<TensorView> ReadTensors(std::string_view bytes, const std::string& origin) {
  CheckDownloaded(bytes, origin);
  VFFN_CHECK(!bytes.starts_with("GGUF"), origin, ": a GGUF file: give this file itself as the model");
  VFFN_CHECK(!bytes.starts_with("\x89HDF"), origin,
             ": an HDF5 file (Keras), which is not read. Save the model as safetensors");
  // The first bytes of safetensors are the length of the header, which may look like those of another format.
  const bool header = bytes.size() > 8 && bytes[8] == '{';
  const bool torch = !header && (bytes.starts_with("PK") || bytes.starts_with('\x80'));
  return torch ? ReadTorchFile(bytes, origin) : ReadSafetensors(bytes, origin);
}

size_t AddTensorFile(const std::filesystem::path& path, OpenedFiles& opened) {
  opened.files.push_back(path);
  const MappedFile& mapping = opened.mappings.emplace_back(path);
  std::vector<TensorView> tensors = ReadTensors(mapping.bytes(), path.string());
  opened.tensors.insert(opened.tensors.end(), std::make_move_iterator(tensors.begin()),
                        std::make_move_iterator(tensors.end()));
  return tensors.size();
}

void AddShards(const std::filesystem::path& index, OpenedFiles& opened) {
  const std::string origin = index.string();
  WeightMap files = ReadWeightMap(index);
  std::map<std::string, std::string> file_of;
  for (const auto& [file, names] : files) {
    const std::filesystem::path path = index.parent_path() / file;
    VFFN_CHECK(std::filesystem::exists(path), path.string(), ": this file is missing; ", origin,
               " says that it holds ", *names.begin());
    for (const std::string& name : names) {
      file_of.emplace(name, file);
    }
  }
  opened.files.push_back(index);
  for (auto& [file, expected] : files) {
    const size_t count = AddTensorFile(index.parent_path() / file, opened);
    for (size_t i = opened.tensors.size() - count; i < opened.tensors.size(); ++i) {
      const std::string& name = opened.tensors[i].name;
      const auto mapped = file_of.find(name);
      VFFN_CHECK(mapped == file_of.end() || mapped->second == file, origin, ": weight_map does not say that ",
                 file, " holds ", name);
      expected.erase(name);
    }
    VFFN_CHECK(expected.empty(), origin, ": weight_map says that ", file, " holds ",
               expected.empty() ? "" : *expected.begin(), ", but it does not");
  }
}

}  // namespace vffn
