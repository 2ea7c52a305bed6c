#include "model/weights/recipe.h"

#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

std::string WithLayer(std::string pattern, const std::string& layer) {
  if (const size_t at = pattern.find("{}"); at != std::string::npos) {
    pattern.replace(at, 2, layer);
  }
  return pattern;
}

/// "layers.12.qkv.weight" -> {"layers.{}.qkv.weight", "12"}; other names stay, with no layer.
std::pair<std::string, std::string> SplitLayer(const std::string& parameter) {
  constexpr std::string_view kPrefix = "layers.";
  if (!parameter.starts_with(kPrefix)) {
    return {parameter, ""};
  }
  const size_t dot = parameter.find('.', kPrefix.size());
  return {std::string(kPrefix) + "{}" + parameter.substr(dot),
          parameter.substr(kPrefix.size(), dot - kPrefix.size())};
}

int64_t RowsOf(const Source& source, const ModelConfig& config, const ParameterSpec& spec, size_t n_sources) {
  switch (source.rows) {
    case SourceRows::kQuery:
      return config.n_heads * config.head_size;
    case SourceRows::kKeyValue:
      return config.n_kv_heads * config.head_size;
    case SourceRows::kShare:
      break;
  }
  return spec.shape[0] / static_cast<int64_t>(n_sources);
}

}  // namespace

std::vector<StoredPart> PartsOf(const ParameterSpec& parameter, const Recipe& recipe,
                                const ModelConfig& config) {
  const auto [pattern, layer] = SplitLayer(parameter.name);
  const auto sources = recipe.find(pattern);
  VFFN_CHECK(sources != recipe.end(), "the format has no tensor for parameter ", parameter.name);
  std::vector<StoredPart> parts;
  int64_t rows = 0;
  for (const Source& source : sources->second) {
    StoredPart& part =
        parts.emplace_back(StoredPart{WithLayer(source.name, layer), parameter.shape, source.order});
    part.shape[0] = RowsOf(source, config, parameter, sources->second.size());
    rows += part.shape[0];
  }
  VFFN_CHECK(rows == parameter.shape[0], "the tensors of parameter ", parameter.name, " have ", rows,
             " rows, the parameter has ", parameter.shape[0]);
  return parts;
}

}  // namespace vffn
