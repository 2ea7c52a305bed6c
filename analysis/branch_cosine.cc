#include "analysis/branch_cosine.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "analysis/loops.h"
#include "base/error.h"
#include "text/cloud_word.h"

namespace vffn {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Rows of length 1; a zero row stays zero.
Matrix Normalised(std::span<const float> values, int64_t d) {
  using FloatMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto rows = static_cast<int64_t>(values.size()) / d;
  Matrix matrix = Eigen::Map<const FloatMatrix>(values.data(), rows, d).cast<double>();
  for (int64_t row = 0; row < rows; ++row) {
    matrix.row(row).normalize();
  }
  return matrix;
}

}  // namespace

std::vector<std::optional<float>> CosineMatrix(std::span<const float> width, std::span<const float> depth,
                                               int64_t d) {
  VFFN_CHECK(
      d > 0 && width.size() % static_cast<size_t>(d) == 0 && depth.size() % static_cast<size_t>(d) == 0,
      "features of ", width.size(), " and ", depth.size(), " numbers are no rows of ", d);
  const Matrix rows = Normalised(width, d);
  const Matrix columns = Normalised(depth, d);
  const Matrix cosines = rows * columns.transpose();
  std::vector<std::optional<float>> values(static_cast<size_t>(cosines.size()));
  for (int64_t s = 0; s < cosines.rows(); ++s) {
    for (int64_t t = 0; t < cosines.cols(); ++t) {
      const bool defined = !rows.row(s).isZero(0) && !columns.row(t).isZero(0);
      if (defined) {
        values[static_cast<size_t>(s * cosines.cols() + t)] =
            static_cast<float>(std::clamp(cosines(s, t), -1.0, 1.0));
      }
    }
  }
  return values;
}

std::vector<int32_t> QueryNodes(const DocTrace& doc, int64_t choice) {
  // The last node that only this choice holds; its ancestors are the query.
  int32_t node = -1;
  for (int64_t i = 0; i < doc.nodes(); ++i) {
    if (doc.choices[i] == choice && (node < 0 || doc.positions[i] >= doc.positions[node])) {
      node = static_cast<int32_t>(i);
    }
  }
  VFFN_CHECK(node >= 0, doc.task, " doc ", doc.doc_id, ": no token belongs to choice ", choice,
             " alone: there is no such choice, or another one begins with the whole of it; choose another");
  std::vector<int32_t> nodes;
  for (node = node < doc.nodes_run ? node : doc.parents[node]; node >= 0; node = doc.parents[node]) {
    nodes.push_back(node);
  }
  std::ranges::reverse(nodes);
  return nodes;
}

std::vector<float> SelectRows(std::span<const float> matrix, std::span<const int32_t> rows, int64_t d) {
  std::vector<float> selected;
  for (const int32_t row : rows) {
    const auto begin = matrix.begin() + row * d;
    selected.insert(selected.end(), begin, begin + d);
  }
  return selected;
}

CosineHeatmap MakeHeatmap(const DocTrace& doc, const BranchFeatures& features, int64_t layer,
                          int64_t choice) {
  const auto found = features.layers.find(layer);
  if (found == features.layers.end()) {
    std::string layers;
    for (const auto& [index, unused] : features.layers) {
      layers.append(layers.empty() ? "" : ", ").append(std::to_string(index));
    }
    Fail("the branch features of ", doc.task, " doc ", doc.doc_id, " are of layers ", layers, ", not of ",
         layer);
  }
  const std::vector<int32_t> nodes = QueryNodes(doc, choice);
  CosineHeatmap heatmap{.task = doc.task, .doc_id = doc.doc_id, .choice = choice, .layer = layer};
  for (const int32_t node : nodes) {
    heatmap.labels.push_back(PieceLabel(doc.pieces[node]));
  }
  const int64_t d = features.d_model;
  heatmap.cosines = CosineMatrix(SelectRows(found->second.width_out, nodes, d),
                                 SelectRows(found->second.depth_out, nodes, d), d);
  return heatmap;
}

CosineAnalysis::CosineAnalysis(const TraceHeader& header, const Counting& counting) : counting_(counting) {
  VFFN_CHECK(header.shape.lambda && header.shape.max_loops > 0, "no two branches in this trace: it is of ",
             DescribeModel(header));
  VFFN_CHECK(header.shape.cosine,
             "no branch cosines in this trace; write it with vffn eval --trace_branches");
  layers_.resize(static_cast<size_t>(header.shape.layers));
  for (Layer& layer : layers_) {
    layer.distribution.histogram.resize(CosineDistribution::kBins);
  }
}

void CosineAnalysis::Add(const DocTrace& doc) {
  for (size_t i = 0; i < layers_.size(); ++i) {
    Layer& layer = layers_[i];
    CosineDistribution& distribution = layer.distribution;
    int64_t tokens = 0;
    double sum = 0;
    for (int64_t node = 0; node < doc.nodes_run; ++node) {
      const int64_t count = CountOf(doc, node, counting_);
      const std::optional<float>& traced = doc.cosines[static_cast<int64_t>(i) * doc.nodes_run + node];
      if (count == 0 || !traced) {
        distribution.undefined += traced ? 0 : count;
        continue;
      }
      const float cosine = *traced;
      const auto bin = static_cast<int64_t>((cosine + 1.0) / 2 * CosineDistribution::kBins);
      distribution.histogram[std::clamp<int64_t>(bin, 0, CosineDistribution::kBins - 1)] += count;
      distribution.lowest = std::min(distribution.lowest.value_or(cosine), cosine);
      distribution.highest = std::max(distribution.highest.value_or(cosine), cosine);
      tokens += count;
      sum += static_cast<double>(count) * cosine;
      layer.squares += static_cast<double>(count) * cosine * cosine;
    }
    distribution.tokens += tokens;
    layer.sum += sum;
    layer.mean.Add(static_cast<double>(tokens), sum);
  }
}

std::vector<CosineDistribution> CosineAnalysis::Result() const {
  std::vector<CosineDistribution> results;
  for (const Layer& layer : layers_) {
    CosineDistribution& result = results.emplace_back(layer.distribution);
    result.mean = layer.mean.Of(1, 0);
    if (result.tokens > 0) {
      const auto tokens = static_cast<double>(result.tokens);
      const double mean = layer.sum / tokens;
      result.deviation = std::sqrt(std::max(0.0, layer.squares / tokens - mean * mean));
    }
  }
  return results;
}

}  // namespace vffn
