// Reads the tokens of a template one after another.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "tasks/jinja/lexer.h"

namespace vffn {

/// The base of the parsers: the place among the tokens, and how deep the calls are nested.
class TokenReader {
 public:
  /// Throws Error as TokenizeTemplate, and on more than 4,000 tokens.
  explicit TokenReader(std::string_view source);

 protected:
  using Token = TemplateToken;

  /// Counts nested calls. The constructor throws Error if there are more than 100.
  class Depth {
   public:
    explicit Depth(TokenReader& reader);
    ~Depth() { --reader_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    TokenReader& reader_;
  };

  /// Throws Error with the line of the next token.
  template <class... Parts>
  [[noreturn]] void Refuse(const Parts&... parts) const {
    Fail("line ", Next().line, ": ", parts...);
  }

  const Token& Next() const { return tokens_[place_]; }

  /// The token after the next one, which must not be the last.
  const Token& AfterNext() const { return tokens_[place_ + 1]; }

  bool IsOperator(std::string_view text) const { return Next().Is(Token::Kind::kOperator, text); }
  bool IsName(std::string_view text) const { return Next().Is(Token::Kind::kName, text); }

  // Take the next token if it is that one.
  bool TakeOperator(std::string_view text);
  bool TakeName(std::string_view text);

  // Take the next token; throw Error if it is another one. `what` is for the message.
  void Expect(Token::Kind kind, std::string_view what);
  void ExpectOperator(std::string_view text);
  std::string ExpectName(std::string_view what);

  /// Takes the next token, whatever it is, which must not be the last.
  const Token& Take() { return tokens_[place_++]; }

 private:
  const std::vector<Token> tokens_;
  size_t place_ = 0;
  int depth_ = 0;
};

}  // namespace vffn
