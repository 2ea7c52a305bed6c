#include "eval/request_encoder.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "text/utf8.h"

namespace vffn {
namespace {

using Tokens = std::vector<TokenId>;

/// Tokenises the choices of one example, whose contexts are mostly the same text.
class Encoder {
 public:
  Encoder(const Tokenizer& tokenizer, const EncodingOptions& options)
      : tokenizer_(tokenizer), options_(options) {}

  Request Separate(const Choice& choice) {
    return {.context = Context(choice.context), .continuation = tokenizer_.Encode(choice.continuation)};
  }

  Request Joint(const Choice& choice) {
    if (choice.context.empty()) {
      return EmptyContext(choice.continuation);
    }
    const std::string_view context = WithoutTrailingSpace(choice.context);
    Request request{.context = Context(context)};
    const Tokens whole = WithBos(tokenizer_.Encode(choice.context + choice.continuation));
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

  // The context's tokens as lm-eval has them: also where the joint text's first tokens are others.
  const Tokens& Context(std::string_view text) {
    if (!context_ || *context_ != text) {
      context_tokens_ = WithBos(tokenizer_.Encode(text));
      context_ = text;
    }
    return context_tokens_;
  }

  Tokens WithBos(Tokens tokens) const {
    if (options_.bos && (tokens.empty() || tokens.front() != *options_.bos)) {
      tokens.insert(tokens.begin(), *options_.bos);
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

/// What is wrong with a request; empty if nothing is.
std::string Complaint(const Request& request, const EncodingOptions& options) {
  if (request.continuation.empty()) {
    return options.tokenisation == Tokenisation::kJoint ? "the continuation has no token of its own: the "
                                                          "token where it joins the context covers it; score "
                                                          "with context and continuation tokenised apart"
                                                        : "the continuation has no tokens";
  }
  if (request.context.empty()) {
    return "the context has no tokens, and the model has no token to begin with";
  }
  if (std::cmp_greater(request.continuation.size(), options.max_sequence_length)) {
    return "the continuation has " + std::to_string(request.continuation.size()) +
           " tokens, the model reads only " + std::to_string(options.max_sequence_length);
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

}  // namespace

RequestDoc EncodeExample(const Example& example, const Tokenizer& tokenizer, const EncodingOptions& options) {
  RequestDoc doc{.doc_id = example.doc_id};
  Encoder encoder(tokenizer, options);
  for (const Choice& choice : example.choices) {
    std::string complaint;
    Request request;
    try {
      request =
          options.tokenisation == Tokenisation::kJoint ? encoder.Joint(choice) : encoder.Separate(choice);
      complaint = Complaint(request, options);
    } catch (const Error& error) {
      complaint = error.what();
    }
    VFFN_CHECK(complaint.empty(), "doc ", example.doc_id, ", choice ", doc.requests.size(),
               " (from 0): ", complaint);
    Truncate(options.max_sequence_length, request);
    doc.requests.push_back(std::move(request));
  }
  return doc;
}

}  // namespace vffn
