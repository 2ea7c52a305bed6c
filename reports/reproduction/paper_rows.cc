#include "reports/reproduction/paper_rows.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/near_names.h"
#include "flops/paper_models.h"
#include "reports/published/published_numbers.h"

namespace vffn {
namespace {

/// The rows of other tables that are a model of Table 1: those with the same loss and average.
std::vector<PaperRow> RowsOfMethod(const std::string& scale, const std::string& method) {
  std::vector<PaperRow> rows = {{"1", scale, method}, {"2", scale, method}};
  if (scale == "354M" && method == "Base") {
    rows.push_back({"3", scale, "Base"});
    rows.push_back({"5", scale, "Base"});
  }
  if (scale == "354M" && method == "VersatileFFN") {
    rows.push_back({"3", scale, "width+depth+gating"});
    rows.push_back({"4A", scale, "4-loops"});
    rows.push_back({"4B", scale, "8-2"});
  }
  return rows;
}

/// What tells architectures apart; how they are read and run is left out.
bool SameArchitecture(const ModelConfig& a, const ModelConfig& b) {
  const auto sizes = [](const ModelConfig& c) {
    return std::array{c.d_model,
                      c.n_layers,
                      c.n_heads,
                      c.n_kv_heads,
                      c.head_size,
                      c.vocab_size,
                      c.ffn.max_loops,
                      c.ffn_hidden_size,
                      c.ffn.n_experts,
                      c.ffn.top_k,
                      c.ffn.expert_hidden_size};
  };
  return sizes(a) == sizes(b) && a.tied_head == b.tied_head && a.ffn.kind == b.ffn.kind;
}

/// Table 4: VersatileFFNs of the 354M scale that differ from the paper's in loops or experts.
struct Variant {
  PaperRow row;
  int64_t n_experts, top_k, max_loops;
};

std::vector<Variant> Variants() {
  return {{{"4A", "354M", "2-loops"}, 8, 2, 2},
          {{"4A", "354M", "6-loops"}, 8, 2, 6},
          {{"4B", "354M", "8-4"}, 8, 4, 4},
          {{"4B", "354M", "16-4"}, 16, 4, 4}};
}

/// What to write instead of `name`, which is no row of the paper.
std::string RowAdvice(const std::string& name) {
  std::vector<std::string> names;
  for (const PaperModel& model : PaperModels()) {
    names.push_back(std::string(model.scale).append("/").append(model.method));
  }
  return DidYouMeanOneOf(name, names, "choose none or one of") +
         "; rows of one table alone are named 3:354M/width, 4A:354M/2-loops, 5:354M/4-Loop, "
         "figure-3a:354M/8-2 ...";
}

}  // namespace

std::string ToString(const PaperRow& row) {
  const std::string_view figure = "figure-";
  const std::string place =
      row.table.starts_with(figure) ? "Figure " + row.table.substr(figure.size()) : "Table " + row.table;
  return place + ", " + row.scale + ", " + row.row;
}

std::vector<PaperRow> RowsOf(const ModelConfig& config) {
  if (config.ffn.probes != Probes{}) {
    return {};
  }
  for (const PaperModel& model : PaperModels()) {
    if (SameArchitecture(config, model.config)) {
      return RowsOfMethod(std::string(model.scale), std::string(model.method));
    }
    if (model.scale != "354M" || model.method != "VersatileFFN") {
      continue;
    }
    for (const Variant& variant : Variants()) {
      ModelConfig other = model.config;
      other.ffn.n_experts = variant.n_experts;
      other.ffn.top_k = variant.top_k;
      other.ffn.max_loops = variant.max_loops;
      other.ffn.expert_hidden_size = other.ffn_hidden_size / variant.n_experts;
      if (SameArchitecture(config, other)) {
        return {variant.row};
      }
    }
  }
  return {};
}

std::vector<PaperRow> ParsePaperRows(const std::string& name, const std::string& origin) {
  if (name == "none") {
    return {};
  }
  const size_t colon = name.find(':');
  const size_t slash = name.find('/');
  VFFN_CHECK(slash != std::string::npos, origin, " is \"", name, "\"", RowAdvice(name));
  const std::string table = colon == std::string::npos ? "1" : name.substr(0, colon);
  const size_t begin = colon == std::string::npos ? 0 : colon + 1;
  const PaperRow row{table, name.substr(begin, slash - begin), name.substr(slash + 1)};
  const bool known = std::ranges::any_of(PublishedNumbers(), [&](const PublishedNumber& number) {
    return PaperRow{number.table, number.scale, number.row} == row;
  });
  VFFN_CHECK(known, origin, " is \"", name, "\", a row the paper does not have", RowAdvice(name));
  return colon == std::string::npos ? RowsOfMethod(row.scale, row.row) : std::vector{row};
}

}  // namespace vffn
