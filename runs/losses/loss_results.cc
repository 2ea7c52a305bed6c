#include "runs/losses/loss_results.h"

#include <algorithm>
#include <vector>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/json.h"

namespace vffn {
namespace {

constexpr int kLossResultsSchema = 1;
constexpr const char* kLossResultsKey = "vffn_loss_results";

void AddEstimate(const char* name, const std::optional<Estimate>& estimate, OrderedJson& json) {
  if (estimate) {
    json[name] = {{"value", estimate->value}};
    if (estimate->standard_error) {
      json[name]["stderr"] = *estimate->standard_error;
    }
  }
}

OrderedJson SummaryJson(const LossSummary& summary, int64_t empty) {
  OrderedJson json = {{"documents", summary.documents},
                      {"empty", empty},
                      {"tokens", summary.tokens},
                      {"bytes", summary.bytes}};
  if (summary.characters) {
    json["characters"] = *summary.characters;
  }
  if (summary.words) {
    json["words"] = *summary.words;
  }
  AddEstimate("nats_per_token", summary.nats_per_token, json);
  AddEstimate("token_perplexity", summary.token_perplexity, json);
  AddEstimate("bits_per_byte", summary.bits_per_byte, json);
  AddEstimate("byte_perplexity", summary.byte_perplexity, json);
  AddEstimate("bits_per_character", summary.bits_per_character, json);
  AddEstimate("word_perplexity", summary.word_perplexity, json);
  return json;
}

int64_t CountEmpty(std::span<const DocumentLoss> losses, const std::string* source) {
  return std::ranges::count_if(losses, [&](const DocumentLoss& loss) {
    return loss.tokens == 0 && (source == nullptr || loss.source == *source);
  });
}

}  // namespace

OrderedJson LossResultsJson(const LossHeader& header, std::span<const DocumentLoss> losses) {
  OrderedJson json = {{kLossResultsKey, kLossResultsSchema},
                      {"model", header.model},
                      {"program_version", header.program_version},
                      {"identity", ToJson(header.identity)},
                      {"window", ToJson(header.window)},
                      {"window_text", TextOf(header.window)},
                      {"text_sha256", header.text_sha256},
                      {"all", SummaryJson(Summarise(losses), CountEmpty(losses, nullptr))}};
  OrderedJson& sources = json["sources"] = OrderedJson::object();
  for (const auto& [source, summary] : SummariseBySource(losses)) {
    sources[source] = SummaryJson(summary, CountEmpty(losses, &source));
  }
  return json;
}

bool IsLossResults(const std::filesystem::path& path) {
  try {
    return ReadJsonFile(path).contains(kLossResultsKey);
  } catch (const Error&) {
    return false;  // no JSON
  }
}

void WriteLossResults(const std::filesystem::path& path, const LossHeader& header,
                      std::span<const DocumentLoss> losses) {
  WriteFileAtomically(path, LossResultsJson(header, losses).dump(2) + "\n");
}

}  // namespace vffn
