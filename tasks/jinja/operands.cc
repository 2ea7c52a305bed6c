#include <algorithm>
#include <charconv>

#include "tasks/jinja/expression_parser.h"
#include "tasks/jinja/filters.h"

namespace vffn {

ExpressionPointer ExpressionParser::Unary(bool with_filter) {
  const Depth depth(*this);
  ExpressionPointer value;
  if (IsOperator("-") || IsOperator("+")) {
    const std::string text = Take().text;
    value = Make(Expression::Kind::kUnary, text, Unary(/*with_filter=*/false));
  } else {
    value = Primary();
  }
  value = Postfix(std::move(value));
  return with_filter ? Filters(std::move(value)) : std::move(value);
}

ExpressionPointer ExpressionParser::Primary() {
  const Token token = Next();
  switch (token.kind) {
    case Token::Kind::kName:
      Take();
      return Named(token.text);
    case Token::Kind::kInteger:
      return Constant(TemplateValue::Int(Integer()));
    case Token::Kind::kFloat: {
      double number = 0;
      std::from_chars(token.text.data(), token.text.data() + token.text.size(), number);
      Take();
      return Constant(TemplateValue::Float(number));
    }
    case Token::Kind::kString: {
      std::string text;
      for (; Next().kind == Token::Kind::kString; Take()) {
        text += Next().text;
      }
      return Constant(TemplateValue::String(std::move(text)));
    }
    default:
      return Bracketed();
  }
}

ExpressionPointer ExpressionParser::Named(const std::string& name) const {
  if (name == "true" || name == "True" || name == "false" || name == "False") {
    return Constant(TemplateValue::Bool(name == "true" || name == "True"));
  }
  return name == "none" || name == "None" ? Constant({}) : Make(Expression::Kind::kName, name);
}

int64_t ExpressionParser::Integer() {
  const std::string& text = Next().text;
  int64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) {
    Refuse("the number ", text, " has more than 64 bits");
  }
  Take();
  return number;
}

ExpressionPointer ExpressionParser::Bracketed() {
  if (TakeOperator("(")) {
    if (TakeOperator(")")) {
      return Make(Expression::Kind::kTuple);
    }
    ExpressionPointer inner = Tuple();
    ExpectOperator(")");
    return inner;
  }
  if (TakeOperator("[")) {
    ExpressionPointer list = Make(Expression::Kind::kList);
    while (!TakeOperator("]")) {
      list->parts.push_back(Value());
      if (!IsOperator("]")) {
        ExpectOperator(",");
      }
    }
    return list;
  }
  if (TakeOperator("{")) {
    ExpressionPointer dict = Make(Expression::Kind::kDict);
    while (!TakeOperator("}")) {
      dict->parts.push_back(Value());
      ExpectOperator(":");
      dict->parts.push_back(Value());
      if (!IsOperator("}")) {
        ExpectOperator(",");
      }
    }
    return dict;
  }
  if (Next().kind == Token::Kind::kVariableEnd || Next().kind == Token::Kind::kBlockEnd) {
    Refuse("expected a value, found the end of the tag");
  }
  Refuse("expected a value, found ", Next().text);
}

ExpressionPointer ExpressionParser::Postfix(ExpressionPointer value) {
  for (;;) {
    if (TakeOperator(".")) {
      if (Next().kind == Token::Kind::kInteger) {
        value = Make(Expression::Kind::kItem, "", std::move(value), Constant(TemplateValue::Int(Integer())));
      } else {
        value = Make(Expression::Kind::kAttribute, ExpectName("a name after the dot"), std::move(value));
      }
    } else if (TakeOperator("[")) {
      value = Subscript(std::move(value));
    } else if (IsOperator("(")) {
      value = Call(std::move(value));
    } else {
      return value;
    }
  }
}

ExpressionPointer ExpressionParser::Subscript(ExpressionPointer container) {
  std::vector<ExpressionPointer> bounds(1);
  if (!IsOperator(":")) {
    bounds[0] = Value();
  }
  if (TakeOperator("]")) {
    return Make(Expression::Kind::kItem, "", std::move(container), std::move(bounds[0]));
  }
  while (TakeOperator(":")) {
    bounds.emplace_back(IsOperator(":") || IsOperator("]") ? nullptr : Value());
  }
  ExpectOperator("]");
  if (bounds.size() > 3) {
    Refuse("a slice has at most start, stop and step");
  }
  bounds.resize(3);
  ExpressionPointer slice = Make(Expression::Kind::kSlice, "", std::move(container));
  std::ranges::move(bounds, std::back_inserter(slice->parts));
  return slice;
}

void ExpressionParser::Arguments(Expression& call) {
  if (!TakeOperator("(")) {
    return;
  }
  while (!TakeOperator(")")) {
    if (IsOperator("*") || IsOperator("**")) {
      Refuse("arguments with ", Next().text, " are not supported");
    }
    if (Next().kind == Token::Kind::kName && AfterNext().Is(Token::Kind::kOperator, "=")) {
      const std::string name = Next().text;
      Take();
      Take();
      call.named.emplace_back(name, Value());
    } else if (!call.named.empty()) {
      Refuse("an argument without a name stands after one with a name");
    } else {
      call.parts.push_back(Value());
    }
    if (!IsOperator(")")) {
      ExpectOperator(",");
    }
  }
}

ExpressionPointer ExpressionParser::Call(ExpressionPointer function) {
  const bool method = function->kind == Expression::Kind::kAttribute;
  if (method) {
    CheckMethodName(function->text, function->line);
  } else if (function->kind != Expression::Kind::kName || function->text != "range") {
    Refuse("the function ", function->text, " is not supported; there is range, and there are methods");
  }
  ExpressionPointer call = Make(Expression::Kind::kCall, "", std::move(function));
  Arguments(*call);
  return call;
}

ExpressionPointer ExpressionParser::Filters(ExpressionPointer value) {
  for (;;) {
    if (TakeOperator("|")) {
      const int line = Next().line;
      const std::string name = ExpectName("the name of a filter");
      CheckFilterName(name, line);
      value = Make(Expression::Kind::kFilter, name, std::move(value));
      Arguments(*value);
    } else if (TakeName("is")) {
      value = Test(std::move(value));
    } else {
      return value;
    }
  }
}

ExpressionPointer ExpressionParser::Test(ExpressionPointer value) {
  const bool negated = TakeName("not");
  const int line = Next().line;
  const std::string name = ExpectName("the name of a test");
  CheckTestName(name, line);
  value = Make(Expression::Kind::kTest, name, std::move(value));
  return negated ? Make(Expression::Kind::kUnary, "not", std::move(value)) : std::move(value);
}

}  // namespace vffn
