#include "eval/request_encoder.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "eval/document_windows.h"
#include "text/utf8.h"

namespace vffn {
namespace {

using Tokens = std::vector<TokenId>;

/// Tokenises the choices of one example, whose contexts are mostly the same text.
class Encoder {
 public:
  Encoder(const Tokenizer& tokenizer, const EncodingOptions& options)
      : tokenizer_(tokenizer), options_(options) {}

  /// The windows of a text, as loglikelihood_rolling of lm-eval makes them.
  std::vector<Request> Windows(const std::string& text) const {
    VFFN_CHECK(options_.tokenisation == Tokenisation::kJoint,
               "a text is scored in windows only where context and continuation are tokenised together");
    VFFN_CHECK(
        options_.empty_context.has_value(),
        "the text has no context, and the model's files name no BOS or EOS token to stand in for it; name "
        "one in a tokenizer_config.json beside the tokenizer (\"bos_token\")");
    return RollingWindows(WithSpecialTokens(text), *options_.empty_context, options_.max_sequence_length);
  }

  Request Separate(const Choice& choice) {
    return {.context = Context(choice.context), .continuation = tokenizer_.Encode(choice.continuation)};
  }

  Request Joint(const Choice& choice) {
    if (choice.context.empty()) {
      return EmptyContext(choice.continuation);
    }
    Request request{.context = Context(WithoutTrailingSpace(choice.context))};
    const Tokens whole = WithSpecialTokens(choice.context + choice.continuation);
    if (whole.size() > request.context.size()) {
      request.continuation.assign(whole.begin() + static_cast<std::ptrdiff_t>(request.context.size()),
                                  whole.end());
    }
    return request;
  }

 private:
  /// Without the white space at the end: str.rstrip().
  static std::string_view WithoutTrailingSpace(std::string_view text) {
    const std::string_view stripped = PythonStrip(text);
    return stripped.empty() ? stripped : text.substr(0, static_cast<size_t>(stripped.end() - text.begin()));
  }

  // The context's own tokens: also where the joint text's first tokens are others.
  const Tokens& Context(std::string_view text) {
    if (!context_ || *context_ != text) {
      context_tokens_ =
          options_.tokenisation == Tokenisation::kJoint ? WithSpecialTokens(text) : WithBegin(text);
      context_ = text;
    }
    return context_tokens_;
  }

  // As lm-eval: nothing is added to a text that has the first special token written out.
  Tokens WithSpecialTokens(std::string_view text) const {
    Tokens tokens = tokenizer_.Encode(text);
    if (options_.marked_begin.empty() || !text.starts_with(options_.marked_begin)) {
      const TokensAround& around = options_.special_tokens;
      tokens.insert(tokens.begin(), around.before.begin(), around.before.end());
      tokens.insert(tokens.end(), around.after.begin(), around.after.end());
    }
    return tokens;
  }

  // As OLMo: BOS is added unless it is the first token.
  Tokens WithBegin(std::string_view text) const {
    Tokens tokens = tokenizer_.Encode(text);
    const Tokens& before = options_.special_tokens.before;
    if (tokens.size() < before.size() ||
        !std::ranges::equal(before, std::span(tokens).first(before.size()))) {
      tokens.insert(tokens.begin(), before.begin(), before.end());
    }
    return tokens;
  }

  Request EmptyContext(const std::string& text) const {
    Request request{.continuation = tokenizer_.Encode(text)};
    if (!options_.empty_context || request.continuation.empty()) {
      return request;
    }
    request.context = {*options_.empty_context};
    if (request.continuation.front() == *options_.empty_context) {
      request.continuation.erase(request.continuation.begin());
    }
    return request;
  }

  const Tokenizer& tokenizer_;
  const EncodingOptions& options_;
  std::optional<std::string> context_;  // the text that context_tokens_ are of
  Tokens context_tokens_;
};

/// The first token that the model's embedding has no row for; nothing if there is none.
std::optional<TokenId> TokenWithoutRow(const Request& request, int64_t rows) {
  for (const Tokens* tokens : {&request.context, &request.continuation}) {
    const auto found = std::ranges::find_if(*tokens, [&](TokenId id) { return rows > 0 && id >= rows; });
    if (found != tokens->end()) {
      return *found;
    }
  }
  return std::nullopt;
}

/// What is wrong with a request; empty if nothing is.
std::string Complaint(const Request& request, const Tokenizer& tokenizer, const EncodingOptions& options) {
  if (request.continuation.empty()) {
    return options.tokenisation == Tokenisation::kJoint ? "the continuation has no token of its own: the "
                                                          "token where it joins the context covers it; score "
                                                          "with context and continuation tokenised apart"
                                                        : "the continuation has no tokens";
  }
  if (request.context.empty()) {
    return options.tokenisation == Tokenisation::kJoint ? "the context has no tokens, and the model's files "
                                                          "name no BOS or EOS token to stand in for it"
                                                        : "the context has no tokens, and this profile puts "
                                                          "none before it; begin every context with BOS: "
                                                          "--add_bos_token true";
  }
  if (std::cmp_greater(request.continuation.size(), options.max_sequence_length)) {
    return "the continuation has " + std::to_string(request.continuation.size()) +
           " tokens, the model reads only " + std::to_string(options.max_sequence_length) +
           ": leave the task out, or stay before this doc with --limit";
  }
  if (const auto id = TokenWithoutRow(request, options.embedding_rows)) {
    return "the token \"" + tokenizer.TokenBytes(*id) + "\" has the id " + std::to_string(*id) +
           ", but the model's embedding has only " + std::to_string(options.embedding_rows) +
           " rows: the tokenizer is that of another model; give the right one with --tokenizer PATH";
  }
  return "";
}

/// Cuts the context on its left so that the model can read the request.
void Truncate(int64_t max_sequence_length, Request& request) {
  const auto length = static_cast<int64_t>(request.context.size() + request.continuation.size()) - 1;
  if (length > max_sequence_length) {
    request.truncated = length - max_sequence_length;
    request.context.erase(request.context.begin(), request.context.begin() + request.truncated);
  }
}

/// `name` is that of the doc and of the choice, for the message.
Request EncodeChoice(const Choice& choice, Encoder& encoder, const Tokenizer& tokenizer,
                     const EncodingOptions& options, const std::string& name) {
  std::string complaint;
  Request request;
  try {
    request = options.tokenisation == Tokenisation::kJoint ? encoder.Joint(choice) : encoder.Separate(choice);
    complaint = Complaint(request, tokenizer, options);
  } catch (const Error& error) {
    complaint = error.what();
  }
  VFFN_CHECK(complaint.empty(), name, ": ", complaint);
  Truncate(options.max_sequence_length, request);
  return request;
}

RequestDoc EncodeWindows(const std::string& text, const Encoder& encoder, const Tokenizer& tokenizer,
                         const EncodingOptions& options, RequestDoc doc) {
  doc.rolling = true;
  std::string complaint;
  try {
    doc.requests = encoder.Windows(text);
    complaint = doc.requests.empty() ? "the text has no tokens" : "";
    for (const Request& request : doc.requests) {
      complaint = complaint.empty() ? Complaint(request, tokenizer, options) : complaint;
    }
  } catch (const Error& error) {
    complaint = error.what();
  }
  VFFN_CHECK(complaint.empty(), "doc ", doc.doc_id, ": ", complaint);
  return doc;
}

}  // namespace

RequestDoc EncodeExample(const Example& example, const Tokenizer& tokenizer, const EncodingOptions& options) {
  const std::string name = "doc " + std::to_string(example.doc_id);
  VFFN_CHECK(example.unconditional.empty() || example.unconditional.size() == example.choices.size(), name,
             ": ", example.unconditional.size(), " unconditional requests of ", example.choices.size(),
             " choices");
  RequestDoc doc{.doc_id = example.doc_id, .unconditional = example.unconditional.size()};
  Encoder encoder(tokenizer, options);
  if (example.rolling) {
    VFFN_CHECK(example.choices.size() == 1, name, ": a text that is scored in windows is the only choice");
    return EncodeWindows(example.choices[0].continuation, encoder, tokenizer, options, std::move(doc));
  }
  const auto encode = [&](const std::vector<Choice>& choices, const std::string& kind) {
    for (size_t i = 0; i < choices.size(); ++i) {
      doc.requests.push_back(EncodeChoice(choices[i], encoder, tokenizer, options,
                                          name + ", " + kind + " " + std::to_string(i) + " (from 0)"));
    }
  };
  encode(example.choices, "choice");
  encode(example.unconditional, "unconditional request");
  return doc;
}

}  // namespace vffn
