#include "tasks/jinja/expression_parser.h"

namespace vffn {

ExpressionPointer ExpressionParser::Tuple() {
  ExpressionPointer first = Value();
  if (!IsOperator(",")) {
    return first;
  }
  ExpressionPointer tuple = Make(Expression::Kind::kTuple, "", std::move(first));
  while (TakeOperator(",") && !AtEnd()) {
    tuple->parts.push_back(Value());
  }
  return tuple;
}

bool ExpressionParser::AtEnd() const {
  return Next().kind == Token::Kind::kVariableEnd || Next().kind == Token::Kind::kBlockEnd || IsOperator(")");
}

ExpressionPointer ExpressionParser::Value() {
  const Depth depth(*this);
  ExpressionPointer value = Or();
  while (TakeName("if")) {
    value = Make(Expression::Kind::kCondition, "", std::move(value), Or());
    if (TakeName("else")) {
      value->parts.push_back(Value());
    }
  }
  return value;
}

ExpressionPointer ExpressionParser::Or() {
  ExpressionPointer value = And();
  while (TakeName("or")) {
    value = Make(Expression::Kind::kLogic, "or", std::move(value), And());
  }
  return value;
}

ExpressionPointer ExpressionParser::And() {
  ExpressionPointer value = Not();
  while (TakeName("and")) {
    value = Make(Expression::Kind::kLogic, "and", std::move(value), Not());
  }
  return value;
}

ExpressionPointer ExpressionParser::Not() {
  const Depth depth(*this);
  return TakeName("not") ? Make(Expression::Kind::kUnary, "not", Not()) : Compare();
}

std::string ExpressionParser::Comparison() {
  for (const char* text : {"==", "!=", "<", "<=", ">", ">="}) {
    if (TakeOperator(text)) {
      return text;
    }
  }
  if (TakeName("in")) {
    return "in";
  }
  if (IsName("not") && AfterNext().Is(Token::Kind::kName, "in")) {
    Take();
    Take();
    return "not in";
  }
  return "";
}

ExpressionPointer ExpressionParser::Compare() {
  ExpressionPointer value = Sum();
  std::string text = Comparison();
  if (text.empty()) {
    return value;
  }
  value = Make(Expression::Kind::kCompare, "", std::move(value));
  for (; !text.empty(); text = Comparison()) {
    value->operators.push_back(text);
    value->parts.push_back(Sum());
  }
  return value;
}

ExpressionPointer ExpressionParser::Sum() {
  ExpressionPointer value = Concat();
  while (IsOperator("+") || IsOperator("-")) {
    const std::string text = Take().text;
    value = Make(Expression::Kind::kBinary, text, std::move(value), Concat());
  }
  return value;
}

ExpressionPointer ExpressionParser::Concat() {
  ExpressionPointer value = Product();
  if (!IsOperator("~")) {
    return value;
  }
  value = Make(Expression::Kind::kConcat, "", std::move(value));
  while (TakeOperator("~")) {
    value->parts.push_back(Product());
  }
  return value;
}

ExpressionPointer ExpressionParser::Product() {
  ExpressionPointer value = Power();
  while (IsOperator("*") || IsOperator("/") || IsOperator("//") || IsOperator("%")) {
    const std::string text = Take().text;
    value = Make(Expression::Kind::kBinary, text, std::move(value), Power());
  }
  return value;
}

ExpressionPointer ExpressionParser::Power() {
  ExpressionPointer value = Unary(/*with_filter=*/true);
  if (IsOperator("**")) {
    Refuse("the operator ** is not supported");
  }
  return value;
}

}  // namespace vffn
