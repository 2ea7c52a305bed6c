// Expressions of templates as syntax trees.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "tasks/jinja/syntax_tree.h"
#include "tasks/jinja/token_reader.h"

namespace vffn {

/// One function for each rule of the grammar: it takes the tokens of the rule and throws Error if they are
/// others.
class ExpressionParser : public TokenReader {
 public:
  using TokenReader::TokenReader;

 protected:
  using Expression = TemplateExpression;

  // Operators, from those that bind least (operator_expressions.cc).
  ExpressionPointer Tuple();
  ExpressionPointer Value();
  ExpressionPointer Or();

 private:
  bool AtEnd() const;
  ExpressionPointer And();
  ExpressionPointer Not();

  /// The comparison that comes next, taken; empty if none does.
  std::string Comparison();

  ExpressionPointer Compare();
  ExpressionPointer Sum();
  ExpressionPointer Concat();
  ExpressionPointer Product();
  ExpressionPointer Power();

  // Operands (operands.cc).
  ExpressionPointer Unary(bool with_filter);
  ExpressionPointer Primary();
  ExpressionPointer Named(const std::string& name) const;
  int64_t Integer();
  ExpressionPointer Bracketed();
  ExpressionPointer Postfix(ExpressionPointer value);
  ExpressionPointer Subscript(ExpressionPointer container);

  /// Takes the arguments between parentheses, if there are any.
  void Arguments(Expression& call);
  ExpressionPointer Call(ExpressionPointer function);
  ExpressionPointer Filters(ExpressionPointer value);
  ExpressionPointer Test(ExpressionPointer value);

  ExpressionPointer Make(Expression::Kind kind, std::string text = {}) const {
    auto made = std::make_unique<Expression>();
    made->kind = kind;
    made->line = Next().line;
    made->text = std::move(text);
    return made;
  }
  ExpressionPointer Make(Expression::Kind kind, std::string text, ExpressionPointer first,
                         ExpressionPointer second = nullptr) const {
    ExpressionPointer made = Make(kind, std::move(text));
    made->parts.push_back(std::move(first));
    if (second != nullptr) {
      made->parts.push_back(std::move(second));
    }
    return made;
  }
  ExpressionPointer Constant(TemplateValue value) const {
    ExpressionPointer made = Make(Expression::Kind::kConstant);
    made->constant = std::move(value);
    return made;
  }
};

}  // namespace vffn
