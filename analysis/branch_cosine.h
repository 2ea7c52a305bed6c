// Cosine similarity of the outputs of the width and the depth branch (Figure 5).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/clustered_mean.h"
#include "analysis/counting.h"
#include "trace/branch_features.h"
#include "trace/trace_reader.h"

namespace vffn {

/// [rows of width, rows of depth], row-major: cosine of width's row s with depth's row t; absent where one
/// is zero. Both are [rows, d].
std::vector<std::optional<float>> CosineMatrix(std::span<const float> width, std::span<const float> depth,
                                               int64_t d);

/// The nodes that a choice's query reads, from its first token on. Throws Error if the trace cannot tell:
/// another choice's query begins with the whole of this one.
std::vector<int32_t> QueryNodes(const DocTrace& doc, int64_t choice);

/// `rows` of a [T, d] matrix.
std::vector<float> SelectRows(std::span<const float> matrix, std::span<const int32_t> rows, int64_t d);

/// Figure 5: of the tokens that one choice's query reads.
struct CosineHeatmap {
  std::string task;
  int64_t doc_id = 0, choice = 0, layer = 0;
  std::vector<std::string> labels;            ///< [tokens] see PieceLabel
  std::vector<std::optional<float>> cosines;  ///< [tokens, tokens] as CosineMatrix: rows width, columns depth
};

/// Throws Error if the features do not have the layer, or as QueryNodes.
CosineHeatmap MakeHeatmap(const DocTrace& doc, const BranchFeatures& features, int64_t layer, int64_t choice);

/// Over a data set, of one layer: the cosine of each token's own two outputs.
struct CosineDistribution {
  int64_t tokens = 0;
  int64_t undefined = 0;            ///< a branch's output was zero; not in the rest
  std::optional<Estimate> mean;     ///< absent without tokens
  std::optional<double> deviation;  ///< standard deviation over tokens (population)
  std::optional<float> lowest, highest;
  std::vector<int64_t> histogram;  ///< kBins of equal width on [-1, 1]

  static constexpr int64_t kBins = 80;
};

class CosineAnalysis {
 public:
  static constexpr TraceColumns kColumns = {.cosines = true};

  /// Throws Error if the trace has no cosines.
  CosineAnalysis(const TraceHeader& header, const Counting& counting);

  void Add(const DocTrace& doc);

  /// Per layer.
  std::vector<CosineDistribution> Result() const;

 private:
  struct Layer {
    CosineDistribution distribution;
    ClusteredMeans mean;
    double sum = 0, squares = 0;
  };

  Counting counting_;
  std::vector<Layer> layers_;
};

}  // namespace vffn
