#include "tasks/jinja/token_reader.h"

namespace vffn {
namespace {

constexpr int kDeepest = 100;         // of nested expressions and statements
constexpr size_t kMostTokens = 4000;  // a chain such as 1+1+... nests as deep as half of them

}  // namespace

TokenReader::TokenReader(std::string_view source) : tokens_(TokenizeTemplate(source)) {
  VFFN_CHECK(tokens_.size() <= kMostTokens, "line 1: the template has ", tokens_.size(),
             " names, operators and texts; up to ", kMostTokens, " are read");
}

TokenReader::Depth::Depth(TokenReader& reader) : reader_(reader) {
  if (++reader_.depth_ > kDeepest) {
    reader_.Refuse("expressions are nested too deeply");
  }
}

bool TokenReader::TakeOperator(std::string_view text) {
  const bool taken = IsOperator(text);
  place_ += taken ? 1 : 0;
  return taken;
}

bool TokenReader::TakeName(std::string_view text) {
  const bool taken = IsName(text);
  place_ += taken ? 1 : 0;
  return taken;
}

void TokenReader::Expect(Token::Kind kind, std::string_view what) {
  if (Next().kind != kind) {
    Refuse("expected ", what, Next().kind == Token::Kind::kEnd ? ", but the template ends" : ", found ",
           Next().text);
  }
  ++place_;
}

void TokenReader::ExpectOperator(std::string_view text) {
  if (!TakeOperator(text)) {
    Refuse("expected ", text, ", found ", Next().text);
  }
}

std::string TokenReader::ExpectName(std::string_view what) {
  const std::string name = Next().text;
  Expect(Token::Kind::kName, what);
  return name;
}

}  // namespace vffn
