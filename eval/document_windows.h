// A text that is longer than the context of a model, as requests. eval/loss_window.h describes the kinds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "eval/request.h"

namespace vffn {

/// Requests that together predict every token once. The first one predicts up to `length` tokens, from the
/// token `prefix` on. Every other one predicts up to `stride` tokens and reads the `length` tokens before the
/// last of these, so that each has at least `length` - `stride` + 1 tokens of context. The last window reads
/// `length` tokens, too, however few it predicts.
///
/// These are the windows of get_rolling_token_windows of lm-evaluation-harness with max_seq_len = `length`
/// and context_len = `length` - `stride` + 1, after make_disjoint_window. Throws Error unless 0 < `stride` <=
/// `length`.
std::vector<Request> SlidingWindows(std::span<const TokenId> tokens, TokenId prefix, int64_t length,
                                    int64_t stride);

/// The same with `stride` = `length`: loglikelihood_rolling of the harness, whose prefix is the tokenizer's
/// BOS, or its EOS if there is none.
std::vector<Request> RollingWindows(std::span<const TokenId> tokens, TokenId prefix, int64_t length);

/// Requests that together predict every token once, up to `length` tokens each: the first one from the token
/// `before` on, every other one from the last token of the window before it on. So windows do not overlap:
/// the loss is that of a model that forgets everything every `length` tokens.
std::vector<Request> DisjointWindows(std::span<const TokenId> document, TokenId before, int64_t length);

/// A chunk of llama.cpp's perplexity tool: the tokens after the one at n / 2 are predicted, from all before
/// them; `first` stands in place of the first token. Throws Error if there are fewer than 3 tokens.
Request ChunkWindow(std::span<const TokenId> chunk, std::optional<TokenId> first);

/// A training sequence: every token but the first is predicted, from all before it. Throws Error if there are
/// fewer than 2 tokens.
Request PackedWindow(std::span<const TokenId> sequence);

}  // namespace vffn
