#include "tokens/token_file_text.h"

#include "base/json.h"
#include "text/utf8.h"

namespace vffn {

std::string DecodeTokens(const Tokenizer& tokenizer, const std::vector<TokenId>& ids) {
  std::string bytes;
  for (const TokenId id : ids) {
    bytes += tokenizer.TokenBytes(id);
  }
  std::string text;
  std::string_view rest = bytes;
  for (size_t bad = 0; (bad = FindInvalidUtf8(rest)) != std::string_view::npos;) {
    text.append(rest.substr(0, bad)).append("\xEF\xBF\xBD");
    rest.remove_prefix(bad + 1);
  }
  return text.append(rest);
}

int64_t WriteTokenFileText(const Tokenizer& tokenizer, const TokenFile& file, std::optional<int64_t> limit,
                           const std::function<void(std::string_view)>& line) {
  file.CheckIds(tokenizer.vocab_size());
  const std::vector<DocumentBorders> documents = ReadBorders(file);
  for (size_t i = 0; i < documents.size() && (!limit || static_cast<int64_t>(i) < *limit); ++i) {
    const DocumentBorders& document = documents[i];
    std::vector<TokenId> ids(static_cast<size_t>(document.end - document.start));
    file.Read(document.start, ids);
    const OrderedJson json = {
        {"id", document.id},       {"source", document.source}, {"location", document.location},
        {"start", document.start}, {"end", document.end},       {"text", DecodeTokens(tokenizer, ids)}};
    line(json.dump());
  }
  return static_cast<int64_t>(documents.size());
}

}  // namespace vffn
