// Two traces of a doc are the same.
#pragma once

#include <gtest/gtest.h>

#include "trace/doc_trace.h"

namespace vffn {

inline void ExpectSameTrace(const DocTrace& a, const DocTrace& b) {
  EXPECT_EQ(a.task, b.task);
  EXPECT_EQ(a.doc_id, b.doc_id);
  EXPECT_EQ(a.nodes_run, b.nodes_run);
  EXPECT_EQ(a.tokens, b.tokens);
  EXPECT_EQ(a.parents, b.parents);
  EXPECT_EQ(a.positions, b.positions);
  EXPECT_EQ(a.choices, b.choices);
  EXPECT_EQ(a.readers, b.readers);
  EXPECT_EQ(a.scored, b.scored);
  EXPECT_EQ(a.log_probs, b.log_probs);
  EXPECT_EQ(a.from_doc, b.from_doc);
  EXPECT_EQ(a.loop_counts, b.loop_counts);
  EXPECT_EQ(a.loop_probabilities, b.loop_probabilities);
  EXPECT_EQ(a.lambdas, b.lambdas);
  EXPECT_EQ(a.experts, b.experts);
  EXPECT_EQ(a.gate_weights, b.gate_weights);
  EXPECT_EQ(a.cosines, b.cosines);
}

}  // namespace vffn
