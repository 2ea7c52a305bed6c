// token_losses.jsonl: the log-probability of every token whose loss counts, window by window.
//
//   {"vffn_token_losses":2,"identity":{...},...}                          once; as in losses.jsonl
//   (loss_header.h)
//   {"document":0,"window":0,"tokens":[504,1789],"log_probs":[-3.25,-0.5]}
//
// `tokens` are the ids that were predicted, in their order; `log_probs` the natural logarithms.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "base/append_file.h"
#include "runs/losses/loss_header.h"

namespace vffn {

/// The first field of a file with the losses of tokens.
inline constexpr const char* kTokenLossKind = "vffn_token_losses";

struct TokenLosses {
  int64_t document = 0;  ///< index, as in losses.jsonl
  int64_t window = 0;    ///< of the document, from 0
  std::vector<TokenId> tokens;
  std::vector<float> log_probs;
};

/// Calls `visit` with every row, in the file's order; an incomplete last line is left out. Throws Error,
/// naming file and line, on any other damage.
LossHeader ReadTokenLosses(const std::filesystem::path& path,
                           const std::function<void(const TokenLosses&)>& visit);

/// A file that a run appends to, locked against a second run. Not thread safe.
class TokenLossFile {
 public:
  /// Throws Error as LossFile.
  TokenLossFile(const std::filesystem::path& path, const LossHeader& header, LedgerMode mode);

  bool Has(int64_t document, int64_t window) const { return windows_.contains({document, window}); }
  void Append(const TokenLosses& losses);
  void Sync() { file_->Sync(); }

 private:
  std::unique_ptr<AppendFile> file_;
  std::set<std::pair<int64_t, int64_t>> windows_;
};

/// Writes one file with the rows of the parts' files, by document and window. Throws Error if a row is in two
/// of them or a file is missing.
void MergeTokenLosses(std::span<const std::filesystem::path> parts, const std::filesystem::path& output);

}  // namespace vffn
