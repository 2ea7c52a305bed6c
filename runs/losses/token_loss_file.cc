#include "runs/losses/token_loss_file.h"

#include <map>
#include <string>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/fields.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "eval/ledger_row.h"

namespace vffn {
namespace {

using WindowName = std::pair<int64_t, int64_t>;  // document, window

/// The lines of a file that end with a newline, without it.
std::vector<std::string_view> WholeLines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string_view::npos; begin = end + 1) {
    lines.push_back(text.substr(begin, end - begin));
  }
  return lines;
}

TokenLosses ParseRow(const Json& row, const std::string& origin) {
  const Fields fields(row, origin);
  TokenLosses losses{.document = fields.Count("document"),
                     .window = fields.Count("window"),
                     .tokens = fields.Get<std::vector<TokenId>>("tokens"),
                     .log_probs = fields.Get<std::vector<float>>("log_probs")};
  VFFN_CHECK(losses.tokens.size() == losses.log_probs.size(), origin, ": there are ", losses.tokens.size(),
             " tokens and ", losses.log_probs.size(), " log-probabilities");
  return losses;
}

LossHeader ParseText(std::string_view text, const std::string& origin,
                     const std::function<void(const TokenLosses&, std::string_view)>& visit) {
  LossHeader header;
  int64_t number = 0;
  for (const std::string_view line : WholeLines(text)) {
    const std::string place = origin + ":" + std::to_string(++number);
    const Json row = ParseJson(line, place);
    if (number == 1) {
      header = ParseLossHeader(row, kTokenLossKind, place);
    } else {
      visit(ParseRow(row, place), line);
    }
  }
  VFFN_CHECK(number > 0, origin, ": there are no losses in the file");
  return header;
}

}  // namespace

LossHeader ReadTokenLosses(const std::filesystem::path& path,
                           const std::function<void(const TokenLosses&)>& visit) {
  return ParseText(ReadFileBytes(path), path.string(),
                   [&](const TokenLosses& losses, std::string_view) { visit(losses); });
}

TokenLossFile::TokenLossFile(const std::filesystem::path& path, const LossHeader& header, LedgerMode mode)
    : file_(std::make_unique<AppendFile>(path)) {
  const std::string text = BeginLossFile(*file_, header, kTokenLossKind, mode);
  if (!text.empty()) {
    ParseText(text, path.string(), [&](const TokenLosses& losses, std::string_view) {
      windows_.emplace(losses.document, losses.window);
    });
  }
}

void TokenLossFile::Append(const TokenLosses& losses) {
  VFFN_CHECK(windows_.emplace(losses.document, losses.window).second, file_->path().string(), ": document ",
             losses.document, ", window ", losses.window, " is in the file already");
  std::string row =
      OrderedJson{{"document", losses.document}, {"window", losses.window}, {"tokens", losses.tokens}}.dump();
  row.back() = ',';
  row += R"("log_probs":[)";
  for (size_t i = 0; i < losses.log_probs.size(); ++i) {
    row.append(i == 0 ? "" : ",").append(FormatFloat(losses.log_probs[i]));
  }
  file_->Append(row + "]}");
}

void MergeTokenLosses(std::span<const std::filesystem::path> parts, const std::filesystem::path& output) {
  std::map<WindowName, std::string> lines;
  std::string text;
  for (const std::filesystem::path& part : parts) {
    const std::string bytes = ReadFileBytes(part);
    ParseText(bytes, part.string(), [&](const TokenLosses& losses, std::string_view line) {
      const bool added = lines.emplace(WindowName(losses.document, losses.window), line).second;
      VFFN_CHECK(added, part.string(), ": document ", losses.document, ", window ", losses.window,
                 " is in another part, too");
    });
    if (text.empty()) {
      text = std::string(WholeLines(bytes).front()) + "\n";
    }
  }
  for (const auto& [name, line] : lines) {
    text += line + "\n";
  }
  WriteFileAtomically(output, text);
}

}  // namespace vffn
