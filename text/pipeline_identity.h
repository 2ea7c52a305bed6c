// What a tokenizer is called, and how it is told from others.
#pragma once

#include "text/pipeline.h"

namespace vffn {

/// `parts` has a vocabulary and a model. Names the pipeline by its steps where they are those of a known
/// model, else "custom".
TokenizerInfo IdentifyPipeline(const PipelineParts& parts);

}  // namespace vffn
