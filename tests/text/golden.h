// Golden token ids shared by the tests of tokenizers.
#pragma once

#include <string>
#include <vector>

#include "text/tokenizer.h"

namespace vffn {

/// Of one tokenizer: texts and their ids, as Hugging Face's tokenizers give them.
struct GoldenText {
  std::string text;
  std::vector<TokenId> ids;
};

/// golden/tokens/nasty.jsonl; `column` is "smollm2" or "dolma_v1_5".
std::vector<GoldenText> ReadNastyTexts(const std::string& column);

/// golden/tokens/synthetic/ids.json; `tokenizer` names a file beside it.
std::vector<GoldenText> ReadSyntheticTexts(const std::string& tokenizer);

/// The path of a synthetic tokenizer.json.
std::string SyntheticPath(const std::string& tokenizer);

/// A test failure for every text whose ids are others.
void ExpectIds(const Tokenizer& tokenizer, const std::vector<GoldenText>& golden);

}  // namespace vffn
