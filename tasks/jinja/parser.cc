#include "tasks/jinja/parser.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "tasks/jinja/filters.h"
#include "tasks/jinja/lexer.h"

namespace vffn {
namespace {

using Token = TemplateToken;
using Expression = TemplateExpression;
using Statement = TemplateStatement;

constexpr int kDeepest = 100;  // of nested expressions and statements
constexpr size_t kMostTokens = 20000;

class Parser {
 public:
  explicit Parser(std::string_view source) : tokens_(TokenizeTemplate(source)) {
    VFFN_CHECK(tokens_.size() <= kMostTokens, "line 1: the template has ", tokens_.size(),
               " names, operators and texts; up to ", kMostTokens, " are read");
  }

  TemplateBody Parse() {
    TemplateBody body = Body({});
    if (Next().kind != Token::Kind::kEnd) {
      Refuse("unexpected ", tokens_[place_ + 1].text);
    }
    return body;
  }

 private:
  // Counts nested calls.
  class Depth {
   public:
    explicit Depth(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kDeepest) {
        parser_.Refuse("expressions are nested too deeply");
      }
    }
    ~Depth() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  const Token& Next() const { return tokens_[place_]; }

  template <class... Parts>
  [[noreturn]] void Refuse(const Parts&... parts) const {
    Fail("line ", Next().line, ": ", parts...);
  }

  bool IsOperator(std::string_view text) const { return Next().Is(Token::Kind::kOperator, text); }
  bool IsName(std::string_view text) const { return Next().Is(Token::Kind::kName, text); }

  bool TakeOperator(std::string_view text) {
    const bool taken = IsOperator(text);
    place_ += taken ? 1 : 0;
    return taken;
  }
  bool TakeName(std::string_view text) {
    const bool taken = IsName(text);
    place_ += taken ? 1 : 0;
    return taken;
  }

  void Expect(Token::Kind kind, std::string_view what) {
    if (Next().kind != kind) {
      Refuse("expected ", what, Next().kind == Token::Kind::kEnd ? ", but the template ends" : ", found ",
             Next().text);
    }
    ++place_;
  }
  void ExpectOperator(std::string_view text) {
    if (!TakeOperator(text)) {
      Refuse("expected ", text, ", found ", Next().text);
    }
  }
  std::string ExpectName(std::string_view what) {
    const std::string name = Next().text;
    Expect(Token::Kind::kName, what);
    return name;
  }

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

  // ---- statements

  /// Up to a block that begins with one of `ends`, whose name is taken, or the end.
  TemplateBody Body(const std::vector<std::string_view>& ends) {
    const Depth depth(*this);
    TemplateBody body;
    while (Next().kind != Token::Kind::kEnd) {
      const int line = Next().line;
      if (Next().kind == Token::Kind::kData) {
        body.push_back({.kind = Statement::Kind::kText, .line = line, .text = Next().text});
        ++place_;
      } else if (Next().kind == Token::Kind::kVariableBegin) {
        ++place_;
        body.push_back({.kind = Statement::Kind::kOutput, .line = line, .expression = Tuple()});
        Expect(Token::Kind::kVariableEnd, "}} or an operator");
      } else {
        const std::string& name = tokens_[place_ + 1].text;
        if (std::ranges::find(ends, name) != ends.end()) {
          ++place_;
          break;
        }
        ++place_;
        body.push_back(Block());
      }
    }
    return body;
  }

  void EndBlock() { Expect(Token::Kind::kBlockEnd, "%}"); }

  Statement Block() {
    const int line = Next().line;
    const std::string name = ExpectName("the name of a statement");
    Statement statement{.line = line};
    if (name == "set") {
      Set(statement);
    } else if (name == "if") {
      If(statement);
    } else if (name == "for") {
      For(statement);
    } else {
      --place_;
      Refuse("the statement {% ", name, " %} is not supported here; there are set, if and for");
    }
    return statement;
  }

  void Set(Statement& statement) {
    statement.kind = Statement::Kind::kSet;
    statement.names = {ExpectName("the name of a variable")};
    if (!IsOperator("=")) {
      Refuse("only {% set NAME = VALUE %} is supported");
    }
    ++place_;
    statement.expression = Tuple();
    EndBlock();
  }

  void If(Statement& statement) {
    const Depth depth(*this);
    statement.kind = Statement::Kind::kIf;
    statement.expression = Or();
    EndBlock();
    statement.body = Body({"elif", "else", "endif"});
    const std::string end = ExpectName("{% endif %}");
    if (end == "elif") {
      statement.otherwise.push_back({.line = Next().line});
      If(statement.otherwise.back());
      return;
    }
    EndBlock();
    if (end == "else") {
      statement.otherwise = Body({"endif"});
      ExpectName("{% endif %}");
      EndBlock();
    }
  }

  void For(Statement& statement) {
    statement.kind = Statement::Kind::kFor;
    do {
      statement.names.push_back(ExpectName("the name of a variable"));
    } while (TakeOperator(","));
    if (!TakeName("in")) {
      Refuse("expected in, found ", Next().text);
    }
    statement.expression = Or();
    if (TakeName("if")) {
      statement.condition = Value();
    }
    EndBlock();
    statement.body = Body({"else", "endfor"});
    const std::string end = ExpectName("{% endfor %}");
    EndBlock();
    if (end == "else") {
      statement.otherwise = Body({"endfor"});
      ExpectName("{% endfor %}");
      EndBlock();
    }
  }

  // ---- expressions, from those that bind least

  ExpressionPointer Tuple() {
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

  bool AtEnd() const {
    return Next().kind == Token::Kind::kVariableEnd || Next().kind == Token::Kind::kBlockEnd ||
           IsOperator(")");
  }

  ExpressionPointer Value() {
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

  ExpressionPointer Or() {
    ExpressionPointer value = And();
    while (TakeName("or")) {
      value = Make(Expression::Kind::kLogic, "or", std::move(value), And());
    }
    return value;
  }

  ExpressionPointer And() {
    ExpressionPointer value = Not();
    while (TakeName("and")) {
      value = Make(Expression::Kind::kLogic, "and", std::move(value), Not());
    }
    return value;
  }

  ExpressionPointer Not() {
    const Depth depth(*this);
    return TakeName("not") ? Make(Expression::Kind::kUnary, "not", Not()) : Compare();
  }

  /// The comparison that comes next, taken; empty if none does.
  std::string Comparison() {
    for (const char* text : {"==", "!=", "<", "<=", ">", ">="}) {
      if (TakeOperator(text)) {
        return text;
      }
    }
    if (TakeName("in")) {
      return "in";
    }
    if (IsName("not") && tokens_[place_ + 1].Is(Token::Kind::kName, "in")) {
      place_ += 2;
      return "not in";
    }
    return "";
  }

  ExpressionPointer Compare() {
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

  ExpressionPointer Sum() {
    ExpressionPointer value = Concat();
    while (IsOperator("+") || IsOperator("-")) {
      const std::string text = tokens_[place_++].text;
      value = Make(Expression::Kind::kBinary, text, std::move(value), Concat());
    }
    return value;
  }

  ExpressionPointer Concat() {
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

  ExpressionPointer Product() {
    ExpressionPointer value = Power();
    while (IsOperator("*") || IsOperator("/") || IsOperator("//") || IsOperator("%")) {
      const std::string text = tokens_[place_++].text;
      value = Make(Expression::Kind::kBinary, text, std::move(value), Power());
    }
    return value;
  }

  ExpressionPointer Power() {
    ExpressionPointer value = Unary(/*with_filter=*/true);
    if (IsOperator("**")) {
      Refuse("the operator ** is not supported");
    }
    return value;
  }

  ExpressionPointer Unary(bool with_filter) {
    const Depth depth(*this);
    ExpressionPointer value;
    if (IsOperator("-") || IsOperator("+")) {
      const std::string text = tokens_[place_++].text;
      value = Make(Expression::Kind::kUnary, text, Unary(/*with_filter=*/false));
    } else {
      value = Primary();
    }
    value = Postfix(std::move(value));
    return with_filter ? Filters(std::move(value)) : std::move(value);
  }

  ExpressionPointer Primary() {
    const Token token = Next();
    switch (token.kind) {
      case Token::Kind::kName:
        ++place_;
        return Named(token.text);
      case Token::Kind::kInteger:
        return Constant(TemplateValue::Int(Integer()));
      case Token::Kind::kFloat: {
        double number = 0;
        std::from_chars(token.text.data(), token.text.data() + token.text.size(), number);
        ++place_;
        return Constant(TemplateValue::Float(number));
      }
      case Token::Kind::kString: {
        std::string text;
        for (; Next().kind == Token::Kind::kString; ++place_) {
          text += Next().text;
        }
        return Constant(TemplateValue::String(std::move(text)));
      }
      default:
        return Bracketed();
    }
  }

  ExpressionPointer Named(const std::string& name) const {
    if (name == "true" || name == "True" || name == "false" || name == "False") {
      return Constant(TemplateValue::Bool(name == "true" || name == "True"));
    }
    return name == "none" || name == "None" ? Constant({}) : Make(Expression::Kind::kName, name);
  }

  int64_t Integer() {
    const std::string& text = Next().text;
    int64_t number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) {
      Refuse("the number ", text, " has more than 64 bits");
    }
    ++place_;
    return number;
  }

  ExpressionPointer Bracketed() {
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

  ExpressionPointer Postfix(ExpressionPointer value) {
    for (;;) {
      if (TakeOperator(".")) {
        if (Next().kind == Token::Kind::kInteger) {
          value =
              Make(Expression::Kind::kItem, "", std::move(value), Constant(TemplateValue::Int(Integer())));
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

  ExpressionPointer Subscript(ExpressionPointer container) {
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

  /// The arguments between parentheses, if there are any.
  void Arguments(Expression& call) {
    if (!TakeOperator("(")) {
      return;
    }
    while (!TakeOperator(")")) {
      if (IsOperator("*") || IsOperator("**")) {
        Refuse("arguments with ", Next().text, " are not supported");
      }
      if (Next().kind == Token::Kind::kName && tokens_[place_ + 1].Is(Token::Kind::kOperator, "=")) {
        const std::string name = Next().text;
        place_ += 2;
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

  ExpressionPointer Call(ExpressionPointer function) {
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

  ExpressionPointer Filters(ExpressionPointer value) {
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

  ExpressionPointer Test(ExpressionPointer value) {
    const bool negated = TakeName("not");
    const int line = Next().line;
    const std::string name = ExpectName("the name of a test");
    CheckTestName(name, line);
    value = Make(Expression::Kind::kTest, name, std::move(value));
    return negated ? Make(Expression::Kind::kUnary, "not", std::move(value)) : std::move(value);
  }

  const std::vector<Token> tokens_;
  size_t place_ = 0;
  int depth_ = 0;
};

}  // namespace

TemplateBody ParseTemplate(std::string_view source) { return Parser(source).Parse(); }

}  // namespace vffn
