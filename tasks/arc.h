// Rendering of ARC-easy and ARC-challenge; CommonsenseQA has the same columns.
#pragma once

#include "tasks/doc.h"
#include "tasks/example.h"

namespace vffn {

/// "Question: ...\nAnswer:" and the choices' texts. The answer is the letter's position in A-E, a digit 1-5
/// standing for the letter, whatever the choices are labelled.
Example RenderArcOlmo(const Doc& doc);

/// The same texts; the answer is looked up among the choices' labels.
Example RenderArcLmEval(const Doc& doc);

}  // namespace vffn
