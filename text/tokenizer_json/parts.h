// The parts of a tokenizer.json, each read from its object.
#pragma once

#include "base/fields.h"
#include "text/pipeline.h"
#include "text/tokenizer_file.h"

namespace vffn {

// Each throws Error naming the part if it is of an unknown type or damaged. Keys that Hugging Face ignores
// are ignored.

void AddNormalizer(const Fields& fields, PipelineParts& parts);
void AddPreTokenizer(const Fields& fields, PipelineParts& parts);

/// The vocabulary, and merges and options or a model of another kind. Returns how many tokens the file lists,
/// which is where Hugging Face begins to number added tokens.
size_t FillModel(const TokenizerFile& file, const Fields& model, PipelineParts& parts);

/// `list` is the value of "added_tokens". Hugging Face does not take the ids from the file: a token that is
/// in the vocabulary keeps that id, others are numbered from `vocabulary_size` on; of two with one id the
/// later counts.
void AddAddedTokens(const Json& list, const Fields& root, size_t vocabulary_size, PipelineParts& parts);

/// The elements of an array of objects: "PATH.NAME[0]", ...
std::vector<Fields> ObjectsOf(const Fields& fields, std::string_view name);

}  // namespace vffn
