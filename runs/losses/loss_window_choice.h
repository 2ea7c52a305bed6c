// The window of a loss, from the options of the command line.
#pragma once

#include <cstdint>
#include <optional>

#include "eval/loss_window.h"
#include "model/config.h"
#include "text/special_tokens.h"

namespace vffn {

/// As given; 0 or absent: not given.
struct LossWindowFlags {
  bool rolling = false;
  int64_t window = 0, stride = 0;     ///< kStride
  int64_t chunks = 0, packed = 0;     ///< length of kChunks, of kPacked
  int64_t max_length = 0;             ///< length of kRolling and kDisjoint
  bool sequence_denominator = false;  ///< LossDenominator::kSequenceTokens
  std::optional<int64_t> prefix_token_id;
};

/// Without a kind, `is_text` decides: rolling for text, disjoint for token files. A stride that is not given
/// is half the window. The prefix is, as in the programs that the kinds follow, BOS or else EOS of the
/// tokenizer (kRolling, kStride), or the BOS that the tokenizer puts before a text (kChunks). Throws Error,
/// naming the option: several kinds, a length that the model does not take, an option of another kind, or a
/// tokenizer without BOS and EOS.
LossWindow ChooseWindow(const LossWindowFlags& flags, bool is_text, const ModelConfig& config,
                        const SpecialTokens& special);

}  // namespace vffn
