#include "reports/traces/trace_ledger.h"

#include "base/error.h"
#include "eval/profiles.h"

namespace vffn {

void CheckSameRun(const LedgerIdentity& ledger, const TraceIdentity& trace, const std::string& origin) {
  std::string differences;
  const auto compare = [&](const char* name, const auto& of_ledger, const auto& of_trace) {
    if (of_ledger != of_trace) {
      differences += "\n  " + std::string(name) + ": " + OrderedJson(of_ledger).dump() + ", the trace has " +
                     OrderedJson(of_trace).dump();
    }
  };
  compare("model_sha256", ledger.model_sha256, trace.model_sha256);
  compare("tokenizer_sha256", ledger.tokenizer_sha256, trace.tokenizer_sha256);
  compare("dtype", ledger.dtype, trace.dtype);
  compare("bos_token", ledger.bos_token, trace.bos_token);
  compare("max_sequence_length", ledger.max_sequence_length, trace.max_sequence_length);
  compare("ffn", ledger.ffn, trace.ffn);
  VFFN_CHECK(differences.empty(), origin, ": the ledger is not of the trace's run:", differences);
}

Correctness ReadCorrectness(const std::filesystem::path& ledger, const TraceHeader& trace,
                            const std::string& profile) {
  const LedgerContents contents = ReadLedger(ledger);
  CheckSameRun(contents.header.identity, trace.identity, ledger.string());
  const Profile& rules = FindProfile(profile.empty() ? trace.identity.profile : profile);
  VFFN_CHECK(contents.header.identity.rendering == NameOf(rules.rendering) &&
                 contents.header.identity.encoding == NameOf(rules.encoding),
             ledger.string(), ": scored with ", contents.header.identity.rendering, " prompts, encoded ",
             contents.header.identity.encoding, ", which the profile ", rules.name, " does not use");
  Correctness correctness;
  for (const auto& [task, docs] : contents.docs) {
    const Metric metric = rules.ForTask(task).primary;
    for (const auto& [id, doc] : docs) {
      if (FactsOf(metric).accuracy && IsDefined(metric, rules.length_rule, doc)) {
        correctness[{task, id}] = Predict(metric, rules.length_rule, doc) == doc.gold;
      }
    }
  }
  return correctness;
}

void CheckIsControl(const TraceHeader& real, const std::string& real_origin, const TraceHeader& control,
                    const std::string& control_origin) {
  TraceHeader same = control;
  same.identity.ffn = real.identity.ffn;
  same.shape = real.shape;
  CheckSameTrace(real, real_origin, same, control_origin);
  VFFN_CHECK(real.identity.ffn != control.identity.ffn, control_origin, ": has the FFN options of ",
             real_origin, ", so it is no control; make one with --model_args shuffle_loops=SEED");
}

}  // namespace vffn
