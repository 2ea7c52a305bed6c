// From a task to the docs that the evaluator scores.
#pragma once

#include "eval/evaluation_plan.h"
#include "eval/request_encoder.h"
#include "tasks/rendered_task.h"

namespace vffn {

/// Tokenises a task that was read (ReadTask). Throws Error, naming task and doc, if a text does not fit the
/// model.
TaskRun Tokenise(RenderedTask task, const Tokenizer& tokenizer, const EncodingOptions& encoding);

}  // namespace vffn
