#include "runs/losses/loss_window_choice.h"

#include <string>

#include "base/error.h"
#include "eval/token_placement.h"

namespace vffn {
namespace {

WindowKind KindOf(const LossWindowFlags& flags, bool is_text) {
  const bool stride = flags.window > 0 || flags.stride > 0;
  const int given =
      (flags.rolling ? 1 : 0) + (stride ? 1 : 0) + (flags.chunks > 0 ? 1 : 0) + (flags.packed > 0 ? 1 : 0);
  VFFN_CHECK(
      given <= 1,
      "--rolling, --window (with --stride), --chunks and --packed are four kinds of windows; give one");
  return stride                     ? WindowKind::kStride
         : flags.chunks > 0         ? WindowKind::kChunks
         : flags.packed > 0         ? WindowKind::kPacked
         : flags.rolling || is_text ? WindowKind::kRolling
                                    : WindowKind::kDisjoint;
}

/// The length that an option gives, or the model's.
int64_t LengthOf(const char* option, int64_t length, const ModelConfig& config) {
  VFFN_CHECK(length >= 0 && length <= config.max_sequence_length, option, " ", length,
             ": the model takes up to ", config.max_sequence_length, " tokens");
  return length > 0 ? length : config.max_sequence_length;
}

TokenId HarnessPrefix(const LossWindowFlags& flags, const SpecialTokens& special) {
  if (flags.prefix_token_id) {
    return static_cast<TokenId>(*flags.prefix_token_id);
  }
  const TokenPlacement placement = PlaceSpecialTokens(FindProfile("lm-eval"), special, std::nullopt);
  VFFN_CHECK(
      placement.empty_context,
      "the tokenizer's files name neither a BOS nor an EOS token, and the first token of a text needs one "
      "before it; give the id of the token that stands before a document in the model's training data: "
      "--prefix_token_id ID");
  return placement.empty_context->id;
}

std::optional<TokenId> ChunkPrefix(const LossWindowFlags& flags, const SpecialTokens& special) {
  if (flags.prefix_token_id) {
    return static_cast<TokenId>(*flags.prefix_token_id);
  }
  return special.around.before.empty() ? std::nullopt : std::optional(special.around.before.front());
}

void CheckFits(const LossWindowFlags& flags, WindowKind kind, const ModelConfig& config) {
  const bool takes_max_length = kind == WindowKind::kRolling || kind == WindowKind::kDisjoint;
  VFFN_CHECK(
      takes_max_length || flags.max_length == 0,
      "--max_length is for --rolling; the length of other windows is the number after --window, --chunks "
      "or --packed");
  VFFN_CHECK(!flags.sequence_denominator || kind == WindowKind::kPacked,
             "--loss_denominator sequence_tokens is for --packed");
  if (flags.prefix_token_id) {
    VFFN_CHECK(kind != WindowKind::kDisjoint && kind != WindowKind::kPacked,
               "--prefix_token_id is for --rolling, --window and --chunks");
    VFFN_CHECK(*flags.prefix_token_id >= 0 && *flags.prefix_token_id < config.vocab_size,
               "--prefix_token_id ", *flags.prefix_token_id, ": the model has tokens 0 to ",
               config.vocab_size - 1);
  }
}

}  // namespace

LossWindow ChooseWindow(const LossWindowFlags& flags, bool is_text, const ModelConfig& config,
                        const SpecialTokens& special) {
  LossWindow window{.kind = KindOf(flags, is_text)};
  CheckFits(flags, window.kind, config);
  switch (window.kind) {
    case WindowKind::kRolling:
      window.prefix = HarnessPrefix(flags, special);
      [[fallthrough]];
    case WindowKind::kDisjoint:
      window.length = window.stride = LengthOf("--max_length", flags.max_length, config);
      break;
    case WindowKind::kStride:
      window.length = LengthOf("--window", flags.window, config);
      window.stride = flags.stride > 0 ? flags.stride : std::max<int64_t>(1, window.length / 2);
      VFFN_CHECK(window.stride <= window.length, "--stride ", window.stride, " is more than --window ",
                 window.length, ": the text between two windows would not be scored");
      window.prefix = HarnessPrefix(flags, special);
      break;
    case WindowKind::kChunks:
      window.length = window.stride = LengthOf("--chunks", flags.chunks, config);
      VFFN_CHECK(window.length > 2, "--chunks ", window.length, ": a chunk has at least 3 tokens");
      window.prefix = ChunkPrefix(flags, special);
      window.scored = ScoredTokens::kSecondHalf;
      break;
    case WindowKind::kPacked:
      window.length = window.stride = LengthOf("--packed", flags.packed, config);
      VFFN_CHECK(window.length > 1, "--packed ", window.length, ": a sequence has at least 2 tokens");
      window.denominator =
          flags.sequence_denominator ? LossDenominator::kSequenceTokens : LossDenominator::kScoredTokens;
      break;
  }
  VFFN_CHECK(!window.prefix || *window.prefix < config.vocab_size, "the tokenizer's files name token ",
             window.prefix.value_or(0), " as BOS or EOS, and the model has tokens 0 to ",
             config.vocab_size - 1, "; give the model's own tokenizer, or --prefix_token_id ID");
  return window;
}

}  // namespace vffn
