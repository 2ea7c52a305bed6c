#include "text/models/bpe.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "base/error.h"
#include "text/byte_level.h"
#include "text/utf8.h"

namespace vffn {
namespace {

// Up to here looking at every pair for each merge is faster than keeping a heap.
constexpr size_t kShortWord = 24;

constexpr uint32_t kCharacterTable = 0x10000;

uint64_t PairOf(TokenId left, TokenId right) {
  return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
}

std::unique_ptr<const Vocabulary> WordsAsBytes(const Vocabulary& vocabulary) {
  std::vector<std::string> words(static_cast<size_t>(vocabulary.size()));
  for (TokenId id = 0; id < vocabulary.size(); ++id) {
    words[static_cast<size_t>(id)] = BytesOfToken(vocabulary[id]).value_or("");
  }
  std::vector<TokenAlias> aliases;
  for (const TokenAlias& alias : vocabulary.aliases()) {
    if (const auto bytes = BytesOfToken(alias.token)) {
      aliases.push_back({*bytes, alias.id});
    }
  }
  return std::make_unique<Vocabulary>(std::move(words), std::move(aliases));
}

std::vector<TokenId> SymbolsByCodePoint(const Vocabulary& vocabulary) {
  std::vector<TokenId> symbols(kCharacterTable, Vocabulary::kNone);
  const auto add = [&](const std::string& token) {
    if (!token.empty() && token.size() == Utf8Length(static_cast<unsigned char>(token[0])) &&
        token.size() < 4) {
      size_t position = 0;
      symbols[DecodeUtf8(token, position)] = vocabulary.Find(token);
    }
  };
  for (TokenId id = 0; id < vocabulary.size(); ++id) {
    add(vocabulary[id]);
  }
  for (const TokenAlias& alias : vocabulary.aliases()) {
    add(alias.token);
  }
  return symbols;
}

}  // namespace

Bpe::Bpe(std::shared_ptr<const Vocabulary> vocabulary, const std::vector<BpeMerge>& merges,
         const BpeOptions& options)
    : vocabulary_(std::move(vocabulary)), options_(options), merges_(std::bit_ceil(2 * merges.size() + 2)) {
  for (size_t i = 0; i < byte_symbols_.size(); ++i) {
    const auto byte = static_cast<unsigned char>(i);
    byte_symbols_[i] = vocabulary_->Find(options_.byte_level ? ByteCharacter(byte) : ByteToken(byte));
  }
  if (!options_.byte_level) {
    character_symbols_ = SymbolsByCodePoint(*vocabulary_);
  } else if (options_.ignore_merges) {
    words_ = WordsAsBytes(*vocabulary_);
  }
  for (const BpeMerge& merge : merges) {
    const uint64_t pair = PairOf(merge.left, merge.right);
    size_t i = HashOf(pair) & (merges_.size() - 1);
    while (merges_[i].pair != kNoPair && merges_[i].pair != pair) {
      i = (i + 1) & (merges_.size() - 1);
    }
    merges_[i] = {pair, {merge.rank, merge.merged}};
  }
}

Bpe::Found Bpe::Find(TokenId left, TokenId right) const {
  const uint64_t pair = PairOf(left, right);
  size_t i = HashOf(pair) & (merges_.size() - 1);
  while (merges_[i].pair != pair) {
    if (merges_[i].pair == kNoPair) {
      return {kNoRank, 0};
    }
    i = (i + 1) & (merges_.size() - 1);
  }
  return merges_[i].found;
}

std::string Bpe::Describe() const {
  std::string text = options_.byte_level ? "BPE(bytes" : "BPE(characters";
  text += options_.byte_fallback ? ",byte_fallback" : "";
  text += options_.ignore_merges ? ",ignore_merges" : "";
  text += options_.prefix.empty() ? "" : ",prefix=" + options_.prefix;
  text += options_.suffix.empty() ? "" : ",suffix=" + options_.suffix;
  return text + ")";
}

TokenId Bpe::Unknown() const {
  VFFN_CHECK(options_.unknown,
             "the text has a character that is not in the vocabulary, and neither is the unknown token \"",
             options_.missing_unknown.value_or(""), "\"");
  return *options_.unknown;
}

void Bpe::EncodeAfresh(std::string_view word, std::vector<TokenId>& ids) const {
  if (options_.ignore_merges) {
    const TokenId id = words_ ? words_->Find(word) : vocabulary_->Find(word);
    if (id != Vocabulary::kNone) {
      ids.push_back(id);
      return;
    }
  }
  thread_local std::vector<TokenId> symbols;
  symbols.clear();
  FirstSymbols(word, symbols);
  if (symbols.size() <= kShortWord) {
    MergeShort(symbols);
  } else {
    MergeLong(symbols);
  }
  ids.insert(ids.end(), symbols.begin(), symbols.end());
}

void Bpe::FirstSymbols(std::string_view word, std::vector<TokenId>& symbols) const {
  if (!options_.byte_level) {
    FirstCharacterSymbols(word, symbols);
    return;
  }
  bool after_unknown = false;
  for (const char byte : word) {
    const TokenId symbol = byte_symbols_[static_cast<unsigned char>(byte)];
    if (symbol != Vocabulary::kNone) {
      symbols.push_back(symbol);
    } else if (HasUnknown() && !(after_unknown && options_.fuse_unknown)) {
      symbols.push_back(Unknown());
    }
    after_unknown = symbol == Vocabulary::kNone;
  }
}

// Hugging Face's order of things: an unknown character is held back until a known one follows, so that others
// may join it; the byte tokens of a character that has them do not make it come out.
void Bpe::FirstCharacterSymbols(std::string_view word, std::vector<TokenId>& symbols) const {
  bool held = false;
  const auto release = [&] {
    if (held) {
      symbols.push_back(Unknown());
    }
    held = false;
  };
  const auto fallback = [&](char byte) { return byte_symbols_[static_cast<unsigned char>(byte)]; };
  const bool has_affixes = !options_.prefix.empty() || !options_.suffix.empty();
  std::string affixed;
  for (size_t position = 0; position < word.size();) {
    const size_t start = position;
    const uint32_t code = DecodeUtf8(word, position);
    std::string_view character = word.substr(start, position - start);
    if (has_affixes) {
      affixed = start > 0 ? options_.prefix : "";
      affixed += character;
      affixed += position == word.size() ? options_.suffix : "";
      character = affixed;
    }
    const TokenId symbol =
        code < kCharacterTable && !has_affixes ? character_symbols_[code] : vocabulary_->Find(character);
    if (symbol != Vocabulary::kNone) {
      release();
      symbols.push_back(symbol);
    } else if (options_.byte_fallback && std::all_of(character.begin(), character.end(), [&](char byte) {
                 return fallback(byte) != Vocabulary::kNone;
               })) {
      std::transform(character.begin(), character.end(), std::back_inserter(symbols), fallback);
    } else if (HasUnknown()) {
      if (!options_.fuse_unknown) {
        release();
      }
      held = true;
    }
  }
  release();
}

void Bpe::MergeShort(std::vector<TokenId>& symbols) const {
  std::array<Found, kShortWord> pairs;  // pairs[i]: symbols i and i + 1
  size_t count = symbols.size();
  for (size_t i = 0; i + 1 < count; ++i) {
    pairs[i] = Find(symbols[i], symbols[i + 1]);
  }
  while (count > 1) {
    size_t best = 0;
    for (size_t i = 1; i + 1 < count; ++i) {
      if (pairs[i].rank < pairs[best].rank) {
        best = i;
      }
    }
    if (pairs[best].rank == kNoRank) {
      break;
    }
    symbols[best] = pairs[best].merged;
    --count;
    for (size_t i = best + 1; i < count; ++i) {
      symbols[i] = symbols[i + 1];
      pairs[i - 1] = pairs[i];
    }
    if (best + 1 < count) {
      pairs[best] = Find(symbols[best], symbols[best + 1]);
    }
    if (best > 0) {
      pairs[best - 1] = Find(symbols[best - 1], symbols[best]);
    }
  }
  symbols.resize(count);
}

// A doubly linked list of symbols with the pair that begins at each, and a heap of the pairs by rank, then
// place. An entry of the heap whose rank is no longer that of the pair at its place is stale.
struct Bpe::Symbols {
  struct Node {
    TokenId id;
    int32_t previous;
    int32_t next;
    Found pair;
  };
  std::vector<Node> nodes;
  std::vector<uint64_t> heap;
};

void Bpe::MergeLong(std::vector<TokenId>& symbols) const {
  thread_local Symbols scratch;
  auto& [nodes, heap] = scratch;
  nodes.clear();
  heap.clear();
  const auto count = static_cast<int32_t>(symbols.size());
  const auto entry = [&](int32_t i) {
    return static_cast<uint64_t>(nodes[static_cast<size_t>(i)].pair.rank) << 32 | static_cast<uint32_t>(i);
  };
  for (int32_t i = 0; i < count; ++i) {
    const auto at = static_cast<size_t>(i);
    const bool last = i + 1 == count;
    nodes.push_back({symbols[at], i - 1, last ? -1 : i + 1,
                     last ? Found{kNoRank, 0} : Find(symbols[at], symbols[at + 1])});
    if (nodes[at].pair.rank != kNoRank) {
      heap.push_back(entry(i));
    }
  }
  std::make_heap(heap.begin(), heap.end(), std::greater<>());
  const auto renew = [&](int32_t i) {
    auto& node = nodes[static_cast<size_t>(i)];
    node.pair = node.next < 0 ? Found{kNoRank, 0} : Find(node.id, nodes[static_cast<size_t>(node.next)].id);
    if (node.pair.rank != kNoRank) {
      heap.push_back(entry(i));
      std::push_heap(heap.begin(), heap.end(), std::greater<>());
    }
  };
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), std::greater<>());
    const uint64_t top = heap.back();
    heap.pop_back();
    const auto i = static_cast<int32_t>(top & 0xFFFFFFFFu);
    auto& node = nodes[static_cast<size_t>(i)];
    if (node.pair.rank != top >> 32) {
      continue;
    }
    auto& right = nodes[static_cast<size_t>(node.next)];
    node.id = node.pair.merged;
    right.pair.rank = kNoRank;
    node.next = right.next;
    if (node.next >= 0) {
      nodes[static_cast<size_t>(node.next)].previous = i;
    }
    renew(i);
    if (node.previous >= 0) {
      renew(node.previous);
    }
  }
  symbols.clear();
  for (int32_t i = 0; i >= 0; i = nodes[static_cast<size_t>(i)].next) {
    symbols.push_back(nodes[static_cast<size_t>(i)].id);
  }
}

}  // namespace vffn
