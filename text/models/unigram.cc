#include "text/models/unigram.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <unordered_map>

#include "base/error.h"
#include "text/byte_level.h"
#include "text/utf8.h"

namespace vffn {
namespace {

constexpr double kUnknownPenalty = 10;

class Unigram : public WordModel {
 public:
  Unigram(const std::vector<UnigramPiece>& pieces, std::shared_ptr<const Vocabulary> vocabulary,
          const UnigramOptions& options)
      : options_(options), vocabulary_(std::move(vocabulary)), node_token_{Vocabulary::kNone} {
    double lowest = std::numeric_limits<double>::infinity();
    for (const UnigramPiece& piece : pieces) {
      scores_.push_back(piece.score);
      lowest = std::min(lowest, piece.score);
      AddToTrie(piece.token);
    }
    unknown_score_ = lowest - kUnknownPenalty;
    for (size_t byte = 0; byte < byte_tokens_.size(); ++byte) {
      byte_tokens_[byte] = vocabulary_->Find(ByteToken(static_cast<unsigned char>(byte)));
    }
  }

  std::string Describe() const override {
    return options_.byte_fallback ? "Unigram(byte_fallback)" : "Unigram";
  }

  std::string Details() const override {
    std::string bytes(scores_.size() * sizeof(double), '\0');
    std::memcpy(bytes.data(), scores_.data(), bytes.size());
    return bytes + "," + (options_.unknown ? std::to_string(*options_.unknown) : "");
  }

 protected:
  void EncodeAfresh(std::string_view word, std::vector<TokenId>& ids) const override {
    thread_local std::vector<Node> nodes;
    FindBestPaths(word, nodes);
    thread_local std::vector<Piece> pieces;  // from the last to the first
    pieces.clear();
    for (size_t end = word.size(); end > 0; end = nodes[end].start) {
      const bool unknown = options_.unknown && nodes[end].id == *options_.unknown;
      if (unknown && !pieces.empty() && pieces.back().unknown) {
        pieces.back().begin = nodes[end].start;
      } else {
        pieces.push_back({nodes[end].start, end, unknown});
      }
    }
    for (size_t i = pieces.size(); i > 0; --i) {
      AppendIds(word.substr(pieces[i - 1].begin, pieces[i - 1].end - pieces[i - 1].begin), ids);
    }
  }

 private:
  static constexpr size_t kNowhere = ~size_t{0};
  // The best way to the place after some character.
  struct Node {
    double score = 0;
    size_t start = kNowhere;  // of its last token
    TokenId id = 0;
  };
  struct Piece {
    size_t begin, end;
    bool unknown;
  };

  void AddToTrie(const std::string& token) {
    uint64_t node = 0;
    for (const char byte : token) {
      const auto next = static_cast<uint32_t>(node_token_.size());
      const auto [edge, is_new] = edges_.try_emplace(node << 8 | static_cast<unsigned char>(byte), next);
      if (is_new) {
        node_token_.push_back(Vocabulary::kNone);
      }
      node = edge->second;
    }
    if (node != 0) {
      node_token_[node] = vocabulary_->Find(token);
    }
  }

  void FindBestPaths(std::string_view word, std::vector<Node>& nodes) const {
    nodes.assign(word.size() + 1, Node{});
    const auto offer = [&](size_t start, size_t end, double score, TokenId id) {
      Node& node = nodes[end];
      const double total = score + nodes[start].score;
      if (node.start == kNowhere || total > node.score) {
        node = {total, start, id};
      }
    };
    for (size_t start = 0; start < word.size();) {
      const size_t next = start + Utf8Length(static_cast<unsigned char>(word[start]));
      bool is_token = false;
      uint64_t node = 0;
      for (size_t end = start; end < word.size();) {
        const auto edge = edges_.find(node << 8 | static_cast<unsigned char>(word[end]));
        if (edge == edges_.end()) {
          break;
        }
        node = edge->second;
        ++end;
        if (const TokenId id = node_token_[node]; id != Vocabulary::kNone) {
          offer(start, end, scores_[static_cast<size_t>(id)], id);
          is_token |= end == next;
        }
      }
      if (!is_token) {
        const size_t before = nodes[next].start;
        const double total = unknown_score_ + nodes[start].score;
        if (before == kNowhere || total > nodes[next].score) {
          VFFN_CHECK(options_.unknown,
                     "the text has a character that is not in the vocabulary, which has no unknown token");
          offer(start, next, unknown_score_, *options_.unknown);
        }
      }
      start = next;
    }
  }

  void AppendIds(std::string_view piece, std::vector<TokenId>& ids) const {
    if (const TokenId id = vocabulary_->Find(piece); id != Vocabulary::kNone) {
      ids.push_back(id);
      return;
    }
    const auto byte_token = [&](char byte) { return byte_tokens_[static_cast<unsigned char>(byte)]; };
    if (options_.byte_fallback && std::all_of(piece.begin(), piece.end(), [&](char byte) {
          return byte_token(byte) != Vocabulary::kNone;
        })) {
      std::transform(piece.begin(), piece.end(), std::back_inserter(ids), byte_token);
      return;
    }
    ids.push_back(*options_.unknown);
  }

  UnigramOptions options_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::vector<double> scores_;
  double unknown_score_ = 0;
  std::array<TokenId, 256> byte_tokens_{};
  std::unordered_map<uint64_t, uint32_t> edges_;  // trie: node << 8 | byte -> node
  std::vector<TokenId> node_token_;
};

}  // namespace

std::unique_ptr<const WordModel> MakeUnigram(const std::vector<UnigramPiece>& pieces,
                                             std::shared_ptr<const Vocabulary> vocabulary,
                                             const UnigramOptions& options) {
  return std::make_unique<Unigram>(pieces, std::move(vocabulary), options);
}

}  // namespace vffn
