#include "runs/losses/loss_units.h"

#include <algorithm>

#include "base/error.h"
#include "base/sha256.h"
#include "eval/document_windows.h"

namespace vffn {
namespace {

/// Tokens of a piece of a stream that count: the last ones.
int64_t CountedTokens(const LossWindow& window) {
  return window.scored == ScoredTokens::kSecondHalf ? window.length - window.length / 2 - 1
                                                    : window.length - 1;
}

const std::string& SourceAt(const TokenStream& stream, int64_t token) {
  const auto after =
      std::ranges::upper_bound(stream.sources, token, {}, &std::pair<int64_t, std::string>::first);
  return std::prev(after)->second;
}

int64_t CeilDivide(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace

TokenStreams JoinDocuments(const TextDocuments& text, const LossWindow& window,
                           std::optional<TokenId> end_of_document) {
  const bool packed = window.kind == WindowKind::kPacked;
  TokenStream stream;
  if (!packed && window.prefix) {
    stream.tokens.push_back(*window.prefix);
  }
  const auto end = [&] {
    VFFN_CHECK(end_of_document,
               "the tokenizer's files name no token that ends documents, which stands between them; give "
               "--eos_token_id");
    stream.tokens.push_back(*end_of_document);
  };
  for (const TextDocument& document : text.documents) {
    if (document.tokens.empty()) {
      continue;
    }
    if (!packed && !stream.sources.empty()) {
      end();
    }
    if (stream.sources.empty() || stream.sources.back().second != document.source) {
      stream.sources.emplace_back(stream.sources.empty() ? 0 : static_cast<int64_t>(stream.tokens.size()),
                                  document.source);
    }
    stream.tokens.insert(stream.tokens.end(), document.tokens.begin(), document.tokens.end());
    if (packed) {
      end();
    }
  }
  // With another token between documents it is another stream.
  Sha256 hash;
  hash.Update(text.sha256 + " joined by token " + std::to_string(end_of_document.value_or(-1)));
  return {.streams = {std::move(stream)}, .sha256 = hash.Hex()};
}

StreamUnits CutStreams(const TokenStreams& streams, const LossWindow& window, TokenTextSizes& sizes,
                       int64_t limit) {
  StreamUnits units{.units = {.sha256 = streams.sha256}};
  std::vector<TextDocument>& pieces = units.units.documents;
  int64_t longest = 0;
  for (const TokenStream& stream : streams.streams) {
    const auto size = static_cast<int64_t>(stream.tokens.size());
    longest = std::max(longest, size);
    units.left_out += size % window.length;
    for (int64_t i = 0; i < size / window.length; ++i) {
      if (limit > 0 && static_cast<int64_t>(pieces.size()) == limit) {
        return units;
      }
      const int64_t begin = i * window.length;
      const std::span<const TokenId> tokens =
          std::span(stream.tokens).subspan(static_cast<size_t>(begin), static_cast<size_t>(window.length));
      const TextSize text = sizes.Sum(tokens.last(static_cast<size_t>(CountedTokens(window))));
      pieces.push_back({.id = std::to_string(i),
                        .source = SourceAt(stream, begin),
                        .tokens = {tokens.begin(), tokens.end()},
                        .bytes = text.bytes,
                        .characters = text.characters});
    }
  }
  VFFN_CHECK(!pieces.empty(), "the text has ", longest, " tokens, too few for one ",
             window.kind == WindowKind::kChunks ? "chunk" : "sequence", " of ", window.length,
             "; give a smaller --", NameOf(window.kind));
  return units;
}

std::vector<Request> WindowsOf(const TextDocument& document, const LossWindow& window) {
  switch (window.kind) {
    case WindowKind::kRolling:
    case WindowKind::kStride:
      return SlidingWindows(document.tokens, window.prefix.value(), window.length, window.stride);
    case WindowKind::kDisjoint:
      return document.tokens.empty()
                 ? std::vector<Request>()
                 : DisjointWindows(document.tokens, document.tokens.back(), window.length);
    case WindowKind::kChunks:
      return {ChunkWindow(document.tokens, window.prefix)};
    case WindowKind::kPacked:
      return {PackedWindow(document.tokens)};
  }
  Fail("unknown kind of window");
}

int64_t CountWindows(const TextDocument& document, const LossWindow& window) {
  const auto size = static_cast<int64_t>(document.tokens.size());
  if (window.of_stream() || size <= window.length) {
    return size > 0 ? 1 : 0;
  }
  return 1 + CeilDivide(size - window.length, window.stride);
}

DocumentLoss UnmeasuredLoss(const TextDocument& document, const LossWindow& window) {
  int64_t tokens = static_cast<int64_t>(document.tokens.size());
  if (window.of_stream() && window.denominator == LossDenominator::kScoredTokens) {
    tokens = CountedTokens(window);
  }
  return {.id = document.id,
          .source = document.source,
          .tokens = tokens,
          .bytes = document.bytes,
          .characters = document.characters,
          .words = document.words};
}

}  // namespace vffn
