#include "tests/model/architectures/golden_models.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "model/parameters.h"
#include "model/weights/safetensors_writer.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

std::filesystem::path GoldenFolder() {
  return std::filesystem::path(VFFN_TESTS_DIR) / "golden" / "architectures";
}

/// 64-bit FNV-1a.
uint64_t NameHash(const std::string& name) {
  uint64_t value = 0xcbf29ce484222325u;
  for (const unsigned char byte : name) {
    value = (value ^ byte) * 0x100000001b3u;
  }
  return value;
}

/// SplitMix64 as a number in [-1, 1) that is a multiple of 2^-23.
float Uniform(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  x ^= x >> 31;
  return static_cast<float>(static_cast<double>(x >> 40) / 8388608.0 - 1.0);
}

/// The values of a tensor: weights.py says why these.
std::vector<float> TensorValues(const std::string& name, const std::vector<int64_t>& shape) {
  const uint64_t hash = NameHash(name);
  const bool norm = name.find("norm") != std::string::npos || name.find(".ln_") != std::string::npos;
  const float matrix_factor = static_cast<float>(
      std::exp2(std::round(std::log2(2.6 / std::sqrt(static_cast<double>(shape.back()))))));
  const float factor = norm || shape.size() == 1 ? 0.25f : matrix_factor;
  const float center = norm && name.ends_with("weight") ? 1.0f : 0.0f;
  std::vector<float> values(static_cast<size_t>(ElementCount(shape)));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = center + factor * Uniform(hash + (i + 1) * 0x9e3779b97f4a7c15u);
  }
  return values;
}

int64_t LayersOf(const Json& config) {
  const Json& sizes = config.contains("text_config") ? config["text_config"] : config;
  for (const char* key : {"num_hidden_layers", "n_layer", "num_layers"}) {
    if (sizes.contains(key)) {
      return sizes[key];
    }
  }
  Fail("a configuration of the golden files has no number of layers");
}

GoldenModel ReadModel(const std::string& name, const Json& json) {
  return {.name = name,
          .config = json.at("config"),
          .tensors = json.at("tensors"),
          .rows = json.at("rows"),
          .float32 = json.at("float32"),
          .bfloat16 = json.at("bfloat16"),
          .bfloat16_attention = json.at("bfloat16_attention"),
          .bfloat16_outputs = json.value("bfloat16_outputs", std::vector<std::vector<float>>())};
}

}  // namespace

void WriteGoldenTensors(const std::filesystem::path& path, const Json& tensors) {
  std::map<std::string, std::vector<float>> values;
  std::vector<TensorView> views;
  for (const auto& [name, json_shape] : tensors.items()) {
    const auto shape = json_shape.get<std::vector<int64_t>>();
    std::vector<float>& stored = values[name] = TensorValues(name, shape);
    views.push_back(TensorOf(name, shape, std::span<const float>(stored)));
  }
  WriteSafetensors(path, std::move(views));
}

void GoldenModel::Write(const std::filesystem::path& folder) const {
  std::filesystem::create_directories(folder);
  Json all = Json::object();
  for (const auto& [pattern, shape] : tensors.items()) {
    const size_t at = pattern.find("{}");
    for (int64_t layer = 0; layer < (at == std::string::npos ? 1 : LayersOf(config)); ++layer) {
      all[at == std::string::npos ? pattern : std::string(pattern).replace(at, 2, std::to_string(layer))] =
          shape;
    }
  }
  WriteFile(folder / "config.json", config.dump());
  WriteGoldenTensors(folder / "model.safetensors", all);
}

std::vector<std::string> GoldenFamilyNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(GoldenFolder())) {
    if (entry.path().extension() == ".json") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::ranges::sort(names);
  return names;
}

GoldenFamily ReadGoldenFamily(const std::string& name) {
  const Json json = ReadJsonFile(GoldenFolder() / (name + ".json"));
  GoldenFamily family{.sequences = json.at("sequences")};
  for (const auto& [case_name, model] : json.at("cases").items()) {
    family.models.push_back(ReadModel(case_name, model));
  }
  return family;
}

}  // namespace vffn
