#include "tasks/jinja/parser.h"

#include <algorithm>

#include "tasks/jinja/expression_parser.h"

namespace vffn {
namespace {

class StatementParser : public ExpressionParser {
 public:
  using ExpressionParser::ExpressionParser;

  TemplateBody Parse() {
    TemplateBody body = Body({});
    if (Next().kind != Token::Kind::kEnd) {
      Refuse("unexpected ", AfterNext().text);
    }
    return body;
  }

 private:
  using Statement = TemplateStatement;

  /// Up to a block that begins with one of `ends`, whose name is taken, or the end.
  TemplateBody Body(const std::vector<std::string_view>& ends) {
    const Depth depth(*this);
    TemplateBody body;
    while (Next().kind != Token::Kind::kEnd) {
      const int line = Next().line;
      if (Next().kind == Token::Kind::kData) {
        body.push_back({.kind = Statement::Kind::kText, .line = line, .text = Next().text});
        Take();
      } else if (Next().kind == Token::Kind::kVariableBegin) {
        Take();
        body.push_back({.kind = Statement::Kind::kOutput, .line = line, .expression = Tuple()});
        Expect(Token::Kind::kVariableEnd, "}} or an operator");
      } else {
        const std::string& name = AfterNext().text;
        if (std::ranges::find(ends, name) != ends.end()) {
          Take();
          break;
        }
        Take();
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
      Fail("line ", line, ": the statement {% ", name,
           " %} is not supported here; there are set, if and for");
    }
    return statement;
  }

  void Set(Statement& statement) {
    statement.kind = Statement::Kind::kSet;
    statement.names = {ExpectName("the name of a variable")};
    if (!IsOperator("=")) {
      Refuse("only {% set NAME = VALUE %} is supported");
    }
    Take();
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
};

}  // namespace

TemplateBody ParseTemplate(std::string_view source) { return StatementParser(source).Parse(); }

}  // namespace vffn
