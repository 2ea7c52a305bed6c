// A run under the profile olmes, as its ledger holds it.
#pragma once

#include <string>
#include <utility>

#include "eval/ledger.h"
#include "tests/eval/fake_run.h"
#include "tests/eval/scored_docs.h"

namespace vffn {

/// ARC-challenge in both forms and BoolQ in one, four docs each. Right: of the cloze form 1 doc by acc and 3
/// by mutual information, of the letters 2, of BoolQ 4.
inline LedgerContents OlmesContents() {
  LedgerContents contents{.origin = "the.ledger", .header = MakeHeader()};
  contents.header.identity.rendering = "olmes";
  contents.header.identity.encoding = "joint";
  const auto add = [&](const std::string& task, int64_t doc_id, ScoredChoice right, ScoredChoice wrong) {
    contents.docs[task][doc_id] = MakeDoc(task, doc_id, 0, {std::move(right), std::move(wrong)});
  };
  for (const char* task : {"arc_challenge/test_rc_5shot", "boolq/rc_5shot", "arc_challenge/test_mc_5shot"}) {
    contents.tasks.push_back({.name = task, .split = "test", .data_set_size = 1172, .docs = 4});
  }
  for (int i = 0; i < 4; ++i) {
    add("arc_challenge/test_rc_5shot", i, MakeChoice(" a", {i < 1 ? -1.F : -5.F}, {i < 3 ? -9.F : -1.F}),
        MakeChoice(" b", {-4}, {-4.5F}));
    add("arc_challenge/test_mc_5shot", i, MakeChoice(" A", {i < 2 ? -1.F : -2.F}), MakeChoice(" B", {-1.5F}));
    add("boolq/rc_5shot", i, MakeChoice(" yes", {-1}), MakeChoice(" no", {-2}));
  }
  return contents;
}

}  // namespace vffn
