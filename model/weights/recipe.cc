#include "model/weights/recipe.h"

#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

/// The text with its first `mark`, if there is one, replaced.
std::string Filled(std::string text, std::string_view mark, const std::string& value) {
  if (const size_t at = text.find(mark); at != std::string::npos) {
    text.replace(at, mark.size(), value);
  }
  return text;
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

/// The sources with the names of a layer, those of experts and heads one by one.
std::vector<Source> SourcesOf(const std::vector<Source>& sources, const std::string& layer, int64_t n_experts,
                              int64_t n_heads) {
  std::vector<Source> all;
  for (Source source : sources) {
    source.name = Filled(source.name, "{}", layer);
    const std::string pattern = source.name;
    bool one = true;
    for (const auto& [mark, count] : {std::pair("{e}", n_experts), std::pair("{h}", n_heads)}) {
      if (pattern.find(mark) == std::string::npos) {
        continue;
      }
      one = false;
      for (int64_t i = 0; i < count; ++i) {
        source.name = Filled(pattern, mark, std::to_string(i));
        all.push_back(source);
      }
    }
    if (one) {
      all.push_back(std::move(source));
    }
  }
  return all;
}

/// The part of a parameter [rows, columns] that a source holds, without its place.
StoredPart PartOf(const Source& source, int64_t rows, int64_t columns, bool vector, int64_t n_sources,
                  const ModelConfig& config) {
  StoredPart part{.name = source.name,
                  .source = source,
                  .rows = rows,
                  .columns = columns,
                  .head_size = config.head_size,
                  .rotary_size = config.RotarySize(),
                  .queries_per_group = config.n_heads / config.n_kv_heads,
                  .n_kv_heads = config.n_kv_heads,
                  .n_experts = config.ffn.n_experts};
  switch (source.rows) {
    case SourceRows::kShare:
      part.rows = rows / n_sources;
      break;
    case SourceRows::kQuery:
      part.rows = config.n_heads * config.head_size;
      break;
    case SourceRows::kKeyValue:
      part.rows = config.n_kv_heads * config.head_size;
      break;
    case SourceRows::kColumnShare:
      part.columns = columns / n_sources;
      break;
  }
  if (source.stacks_experts) {
    const bool side_by_side = source.rows == SourceRows::kColumnShare;
    part.shape = {config.ffn.n_experts, side_by_side ? rows : part.rows / config.ffn.n_experts,
                  side_by_side ? part.columns / config.ffn.n_experts : part.columns};
    part.rows = part.shape[0] * part.shape[1];
    part.columns = part.shape[2];
  } else {
    part.shape = {part.rows + source.skipped_rows};
    if (!vector) {
      part.shape.insert(source.transposed ? part.shape.begin() : part.shape.end(), part.columns);
    }
  }
  return part;
}

/// Our row of a row of a head whose rotary pairs are neighbours.
int64_t FromInterleaved(int64_t row, int64_t head_size, int64_t rotary_size) {
  const int64_t in_head = row % head_size;
  if (in_head >= rotary_size) {
    return row;
  }
  return row - in_head + in_head % 2 * (rotary_size / 2) + in_head / 2;
}

/// Our row of a row of queries, keys and values that are stored by key-value heads.
int64_t FromHeadGroups(int64_t row, const StoredPart& part) {
  const int64_t size = part.head_size;
  const int64_t heads = part.queries_per_group + 2;  // of a group
  const int64_t group = row / (heads * size);
  const int64_t head = row / size % heads;
  const int64_t queries = part.n_kv_heads * part.queries_per_group;  // in all groups
  if (head < part.queries_per_group) {
    return (group * part.queries_per_group + head) * size + row % size;
  }
  const bool value = head > part.queries_per_group;
  return (queries + (value ? part.n_kv_heads : 0) + group) * size + row % size;
}

}  // namespace

std::string FirstName(const Source& source) {
  return Filled(Filled(Filled(source.name, "{}", "0"), "{e}", "0"), "{h}", "0");
}

RowPlace StoredPart::PlaceOf(int64_t stored) const {
  int64_t row = stored;
  int64_t column = 0;
  switch (source.order) {
    case RowOrder::kAsOurs:
      break;
    case RowOrder::kInterleaved:
      row = FromInterleaved(stored, head_size, rotary_size);
      break;
    case RowOrder::kHeadGroups:
      row = FromHeadGroups(stored, *this);
      break;
    case RowOrder::kGateFirst: {
      const int64_t experts = source.stacks_experts ? n_experts : 1;
      const int64_t both = rows / experts;  // rows of one FFN
      const int64_t in_ffn = stored % both;
      const bool gate = in_ffn < both / 2;
      row = (gate ? rows / 2 : 0) + stored / both * (both / 2) + in_ffn - (gate ? 0 : both / 2);
      break;
    }
  }
  if (source.stacks_experts && source.rows == SourceRows::kColumnShare) {
    row = stored % shape[1];
    column = stored / shape[1] * columns;
  }
  return {begin.row + row, begin.column + column};
}

bool StoredPart::is_plain() const {
  return source.order == RowOrder::kAsOurs && source.rows != SourceRows::kColumnShare && !source.transposed &&
         !source.plus_one && source.skipped_rows == 0 && !source.stacks_experts;
}

std::vector<StoredPart> PartsOf(const ParameterSpec& parameter, const Recipe& recipe,
                                const ModelConfig& config) {
  const auto [pattern, layer] = SplitLayer(parameter.name);
  const auto found = recipe.find(pattern);
  VFFN_CHECK(found != recipe.end(), "the format has no tensor for parameter ", parameter.name);
  const std::vector<Source> sources =
      SourcesOf(found->second, layer, config.ffn.n_experts, parameter.shape[0] / config.head_size);
  const bool vector = parameter.shape.size() == 1;
  const int64_t columns = vector ? 1 : parameter.shape[1];
  std::vector<StoredPart> parts;
  RowPlace end;
  for (const Source& source : sources) {
    StoredPart& part = parts.emplace_back(
        PartOf(source, parameter.shape[0], columns, vector, static_cast<int64_t>(sources.size()), config));
    part.begin = end;
    (source.rows == SourceRows::kColumnShare ? end.column : end.row) +=
        source.rows == SourceRows::kColumnShare ? part.rows * part.columns / parameter.shape[0] : part.rows;
  }
  VFFN_CHECK(
      end.row == (end.column == 0 ? parameter.shape[0] : 0) && (end.column == 0 || end.column == columns),
      "the tensors of parameter ", parameter.name, " do not add up to ", parameter.shape[0], " x ", columns);
  return parts;
}

}  // namespace vffn
