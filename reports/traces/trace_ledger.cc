#include "reports/traces/trace_ledger.h"

#include "base/error.h"
#include "eval/profiles.h"

namespace vffn {
namespace {

/// The profile of that name, or the trace's. Throws Error as CorrectnessOf.
const Profile& RulesOf(const LedgerContents& ledger, const TraceHeader& trace, const std::string& profile) {
  CheckSameRun(ledger.header.identity, trace.identity, ledger.origin);
  const Profile& rules = FindProfile(profile.empty() ? trace.identity.profile.value_or("") : profile);
  CheckHoldsTokensOf(rules, ledger.header.identity, ledger.origin);
  return rules;
}

}  // namespace

void CheckSameRun(const RunIdentity& ledger, const RunIdentity& trace, const std::string& origin) {
  std::string text;
  for (const IdentityDifference& difference : DifferencesOf(ledger, trace)) {
    text += "\n  " + difference.field + ": " + difference.a + ", the trace has " + difference.b;
  }
  VFFN_CHECK(text.empty(), origin, ": the ledger is not of the trace's run:", text);
}

Correctness CorrectnessOf(const LedgerContents& ledger, const TraceHeader& trace,
                          const std::string& profile) {
  const Profile& rules = RulesOf(ledger, trace, profile);
  Correctness correctness;
  for (const auto& [task, docs] : ledger.docs) {
    const LedgerTask* stated = ledger.FindTask(task);
    const Metric metric =
        PerDoc((stated != nullptr && stated->metrics ? *stated->metrics : rules.ForTask(task)).primary);
    for (const auto& [id, doc] : docs) {
      if (FactsOf(metric).accuracy && doc.choices.size() > 1 && IsDefined(metric, rules.length_rule, doc)) {
        correctness[{task, id}] = Predict(metric, rules.length_rule, doc) == doc.gold;
      }
    }
  }
  return correctness;
}

Correctness ReadCorrectness(const std::filesystem::path& ledger, const TraceHeader& trace,
                            const std::string& profile) {
  return CorrectnessOf(ReadLedger(ledger), trace, profile);
}

Difficulties DifficultiesOf(const LedgerContents& ledger, const TraceHeader& trace,
                            const std::string& profile) {
  const LengthRule rule = RulesOf(ledger, trace, profile).length_rule;
  Difficulties difficulties;
  for (const auto& [doc, correct] : CorrectnessOf(ledger, trace, profile)) {
    difficulties[doc].correct = correct;
  }
  for (const auto& [task, docs] : ledger.docs) {
    for (const auto& [id, doc] : docs) {
      if (IsDefined(Metric::kBitsPerByte, rule, doc)) {
        difficulties[{task, id}].loss = DocValue(Metric::kBitsPerByte, rule, doc);
      }
    }
  }
  return difficulties;
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
