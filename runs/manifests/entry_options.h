// What the entry of a manifest asks for, as options of an evaluation and of measurements of losses.
#pragma once

#include <vector>

#include "runs/evaluation.h"
#include "runs/losses/loss_evaluation.h"
#include "runs/manifests/manifest_runs.h"

namespace vffn {

/// Without the trace, which depends on the model. Opens no file.
EvaluationOptions EvaluationOptionsOf(const Manifest& manifest, const ManifestOptions& options,
                                      const ManifestEntry& entry);

/// The trace of an entry's run, in its folder; none if the model decides nothing token by token.
TraceFlags TraceOf(const ManifestOptions& options, const ManifestEntry& entry, const ModelConfig& config);

/// PrepareEvaluation, with the trace.
Evaluation PrepareEntry(const Manifest& manifest, const ManifestOptions& options, const ManifestEntry& entry);

/// The loss on the manifest's text under the entry's model options and under each of its controls; none
/// without such a text.
std::vector<LossOptions> LossOptionsOf(const Manifest& manifest, const ManifestOptions& options,
                                       const ManifestEntry& entry);

}  // namespace vffn
