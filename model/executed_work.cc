#include "model/executed_work.h"

#include <numeric>
#include <string>

#include "base/error.h"

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

const Json& Member(const Json& json, std::string_view name, const std::string& origin) {
  VFFN_CHECK(json.is_object() && json.contains(name), origin, ": ", name, " is missing");
  return json[name];
}

int64_t Count(const Json& json, std::string_view name, const std::string& origin) {
  const Json& value = Member(json, name, origin);
  VFFN_CHECK(value.is_number_unsigned() && value.get<uint64_t>() <= INT64_MAX, origin, ": ", name, " is ",
             value.dump(), ", should be a count");
  return value.get<int64_t>();
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
    }
    layers.push_back(std::move(layer));
  }
  return {{"tokens", work.tokens},
          {"flops", std::move(flops)},
          {"trace_flops", work.trace},
          {"layers", std::move(layers)}};
}

ExecutedWork ParseExecutedWork(const Json& json, const std::string& origin) {
  ExecutedWork work{.tokens = Count(json, "tokens", origin), .trace = Count(json, "trace_flops", origin)};
  const Json& flops = Member(json, "flops", origin);
  work.output_head = Count(flops, NameOf(Work::kOutputHead), origin + ": flops");
  const Json& layers = Member(json, "layers", origin);
  VFFN_CHECK(layers.is_array(), origin, ": layers should be a list");
  for (const Json& layer : layers) {
    const std::string where = origin + ": layer " + std::to_string(work.layers.size());
    WorkFlops& of_layer = work.layers.emplace_back();
    for (size_t i = 0; i < kWorkKinds - 1; ++i) {
      of_layer.flops[i] = Count(layer, kNames[i], where);
    }
    LayerDecisions& decisions = work.decisions.emplace_back();
    if (layer.contains("loop_histogram")) {
      const Json& histogram = layer["loop_histogram"];
      VFFN_CHECK(histogram.is_array(), where, ": loop_histogram should be a list");
      for (const Json& count : histogram) {
        VFFN_CHECK(count.is_number_unsigned(), where, ": loop_histogram holds ", count.dump());
        decisions.loop_histogram.push_back(count.get<int64_t>());
      }
      decisions.width_tokens = Count(layer, "width_tokens", where);
    }
  }
  VFFN_CHECK(Count(flops, "total", origin + ": flops") == work.total().total(), origin,
             ": flops.total is not the sum of its layers and the output head");
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
    work.decisions.push_back(
        {{layer.loop_histogram.begin(), layer.loop_histogram.end()}, layer.width_tokens});
  }
  return work;
}

}  // namespace vffn
