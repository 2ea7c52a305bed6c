#include "eval/samples.h"

#include "base/error.h"
#include "base/sha256.h"

namespace vffn {
namespace {

std::string HashOf(std::string_view text) {
  Sha256 hash;
  hash.Update(text);
  return hash.Hex();
}

struct SampleHashes {
  std::string doc, prompt, target;
};

SampleHashes HashesOf(const TaskRun& run, size_t index) {
  const Example& example = run.examples[index];
  return {.doc = HashOf(run.docs[index].dump(2)),
          .prompt = HashOf(example.choices[0].context),
          .target = HashOf(std::to_string(example.gold))};
}

OrderedJson SampleRow(const Profile& profile, const TaskRun& run, size_t index, const ScoredDoc& scored) {
  const Example& example = run.examples[index];
  OrderedJson arguments;
  OrderedJson filtered = OrderedJson::array();
  OrderedJson resps = OrderedJson::array();
  for (size_t i = 0; i < example.choices.size(); ++i) {
    arguments["gen_args_" + std::to_string(i)] = {{"arg_0", example.choices[i].context},
                                                  {"arg_1", example.choices[i].continuation}};
    const OrderedJson response = {scored.choices[i].LogLikelihood(), scored.choices[i].IsGreedy()};
    filtered.push_back(response);
    resps.push_back(OrderedJson::array({response}));
  }
  const SampleHashes hashes = HashesOf(run, index);
  OrderedJson row = {{"doc_id", example.doc_id},
                     {"doc", OrderedJson::parse(run.docs[index].dump())},
                     {"target", std::to_string(example.gold)},
                     {"arguments", arguments},
                     {"resps", resps},
                     {"filtered_resps", filtered},
                     {"filter", "none"},
                     {"metrics", OrderedJson::array()},
                     {"doc_hash", hashes.doc},
                     {"prompt_hash", hashes.prompt},
                     {"target_hash", hashes.target}};
  for (const Metric metric : profile.ForTask(run.name).metrics) {
    const std::string name(FactsOf(metric).name);
    row["metrics"].push_back(name);
    row[name] = DocValue(metric, profile.length_rule, scored);
  }
  return row;
}

}  // namespace

std::string SampleLines(const Profile& profile, const TaskRun& run, const LedgerContents& ledger) {
  std::string lines;
  for (size_t i = 0; i < run.examples.size(); ++i) {
    const ScoredDoc* scored = ledger.FindDoc(run.name, run.examples[i].doc_id);
    VFFN_CHECK(scored != nullptr, ledger.origin, ": doc ", run.examples[i].doc_id, " of ", run.name,
               " was not scored");
    lines.append(SampleRow(profile, run, i, *scored).dump()).append("\n");
  }
  return lines;
}

std::string TaskHash(const TaskRun& run) {
  Sha256 hash;
  for (size_t i = 0; i < run.examples.size(); ++i) {
    const SampleHashes hashes = HashesOf(run, i);
    hash.Update(hashes.doc);
    hash.Update(hashes.prompt);
    hash.Update(hashes.target);
  }
  return hash.Hex();
}

}  // namespace vffn
