#include "model/executed_work.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"

namespace vffn {
namespace {

constexpr std::array<std::string_view, kWorkKinds> kNames = {
    "attention_projections", "attention", "ffn", "experts", "routing", "output_head"};

OrderedJson FlopsJson(const WorkFlops& work) {
  OrderedJson json = OrderedJson::object();
  for (size_t i = 0; i < kWorkKinds; ++i) {
    json[std::string(kNames[i])] = work.flops[i];
  }
  return json;
}

}  // namespace

std::string_view NameOf(Work work) { return kNames[static_cast<size_t>(work)]; }

int64_t WorkFlops::total() const { return std::accumulate(flops.begin(), flops.end(), int64_t{0}); }

WorkFlops& WorkFlops::operator+=(const WorkFlops& other) {
  for (size_t i = 0; i < flops.size(); ++i) {
    flops[i] += other.flops[i];
  }
  return *this;
}

WorkFlops ExecutedWork::total() const {
  WorkFlops sum;
  for (const WorkFlops& layer : layers) {
    sum += layer;
  }
  sum[Work::kOutputHead] += output_head;
  return sum;
}

ExecutedWork& ExecutedWork::operator+=(const ExecutedWork& other) {
  tokens += other.tokens;
  output_head += other.output_head;
  trace += other.trace;
  layers.resize(std::max(layers.size(), other.layers.size()));
  decisions.resize(layers.size());
  for (size_t i = 0; i < other.layers.size(); ++i) {
    layers[i] += other.layers[i];
    LayerDecisions& sum = decisions[i];
    const std::vector<int64_t>& histogram = other.decisions[i].loop_histogram;
    sum.loop_histogram.resize(std::max(sum.loop_histogram.size(), histogram.size()));
    std::ranges::transform(histogram, sum.loop_histogram, sum.loop_histogram.begin(), std::plus<>());
    sum.width_tokens += other.decisions[i].width_tokens;
    sum.reused_tokens += other.decisions[i].reused_tokens;
  }
  return *this;
}

OrderedJson ToJson(const ExecutedWork& work) {
  OrderedJson flops = FlopsJson(work.total());
  flops["total"] = work.total().total();
  OrderedJson layers = OrderedJson::array();
  for (size_t i = 0; i < work.layers.size(); ++i) {
    OrderedJson layer = FlopsJson(work.layers[i]);
    layer.erase(std::string(NameOf(Work::kOutputHead)));
    if (!work.decisions[i].loop_histogram.empty()) {
      layer["loop_histogram"] = work.decisions[i].loop_histogram;
      layer["width_tokens"] = work.decisions[i].width_tokens;
      if (work.decisions[i].reused_tokens > 0) {
        layer["reused_tokens"] = work.decisions[i].reused_tokens;
      }
    }
    layers.push_back(std::move(layer));
  }
  return {{"tokens", work.tokens},
          {"flops", std::move(flops)},
          {"trace_flops", work.trace},
          {"layers", std::move(layers)}};
}

ExecutedWork ParseExecutedWork(const Json& json, const std::string& origin) {
  const Fields fields(json, origin);
  const Fields flops = fields.Object("flops");
  ExecutedWork work{.tokens = fields.Count("tokens"),
                    .output_head = flops.Count(NameOf(Work::kOutputHead)),
                    .trace = fields.Count("trace_flops")};
  for (const Json* element : ToElements(fields.Require("layers"), fields.PlaceOf("layers"))) {
    const Fields layer(*element, origin, "layers[" + std::to_string(work.layers.size()) + "]");
    WorkFlops& of_layer = work.layers.emplace_back();
    for (size_t i = 0; i < kWorkKinds - 1; ++i) {
      of_layer.flops[i] = layer.Count(kNames[i]);
    }
    LayerDecisions& decisions = work.decisions.emplace_back();
    if (layer.Has("loop_histogram")) {
      decisions.loop_histogram = layer.Get<std::vector<int64_t>>("loop_histogram");
      VFFN_CHECK(std::ranges::all_of(decisions.loop_histogram, [](int64_t count) { return count >= 0; }),
                 layer.Where("loop_histogram"), " has a negative count");
      decisions.width_tokens = layer.Count("width_tokens");
      decisions.reused_tokens = layer.Has("reused_tokens") ? layer.Count("reused_tokens") : 0;
    }
  }
  VFFN_CHECK(flops.Count("total") == work.total().total(), flops.Where("total"),
             " is not the sum of its layers and the output head");
  return work;
}

WorkCounter::WorkCounter(const ModelConfig& config) : layers_(config.n_layers) {
  if (config.ffn.kind == FfnKind::kVersatile) {
    for (Layer& layer : layers_) {
      layer.loop_histogram = std::vector<Cell>(config.ffn.max_loops);
    }
  }
}

ExecutedWork WorkCounter::Read() const {
  ExecutedWork work{.tokens = tokens_, .trace = trace_};
  for (const Layer& layer : layers_) {
    WorkFlops& flops = work.layers.emplace_back();
    for (size_t i = 0; i < kWorkKinds; ++i) {
      flops.flops[i] = layer.flops[i];
    }
    work.output_head += flops[Work::kOutputHead];
    flops[Work::kOutputHead] = 0;
    work.decisions.push_back({{layer.loop_histogram.begin(), layer.loop_histogram.end()},
                              layer.width_tokens,
                              layer.reused_tokens});
  }
  return work;
}

}  // namespace vffn
