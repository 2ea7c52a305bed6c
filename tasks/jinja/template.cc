#include "tasks/jinja/template.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "tasks/jinja/filters.h"
#include "tasks/jinja/operators.h"
#include "tasks/jinja/parser.h"

namespace vffn {
namespace {

using Kind = TemplateValue::Kind;
using Expression = TemplateExpression;
using Statement = TemplateStatement;

constexpr size_t kLongestResult = size_t{1} << 26;
constexpr int kMostRounds = 1000000;  // of all loops of a template together

/// An error whose message has its line already.
class PlacedError : public Error {
 public:
  using Error::Error;
};

class Evaluator {
 public:
  explicit Evaluator(const TemplateValue& record) : record_(record), scopes_(1) {}

  std::string Run(const TemplateBody& body) {
    Execute(body);
    return std::move(text_);
  }

 private:
  using Scope = std::map<std::string, TemplateValue>;

  // ---- statements

  void Execute(const TemplateBody& body) {
    for (const Statement& statement : body) {
      switch (statement.kind) {
        case Statement::Kind::kText:
          text_ += statement.text;
          break;
        case Statement::Kind::kOutput:
          At(statement.line, [&] { text_ += OutputOf(*statement.expression); });
          break;
        case Statement::Kind::kSet:
          scopes_.back()[statement.names[0]] = Defined(*statement.expression);
          break;
        case Statement::Kind::kIf:
          Execute(IsTrue(Defined(*statement.expression)) ? statement.body : statement.otherwise);
          break;
        case Statement::Kind::kFor:
          Loop(statement);
          break;
      }
      VFFN_CHECK(text_.size() <= kLongestResult, "line ", statement.line, ": the text has become too long");
    }
  }

  /// An if without else whose condition is not met gives no text, although it is undefined.
  std::string OutputOf(const Expression& expression) {
    if (expression.kind == Expression::Kind::kCondition && expression.parts.size() == 2 &&
        !IsTrue(Part(expression, 1))) {
      return "";
    }
    return PythonStr(Defined(expression));
  }

  void Loop(const Statement& loop) {
    TemplateValue::Elements elements;
    At(loop.line, [&] { elements = ElementsOf(Defined(*loop.expression)); });
    if (loop.condition != nullptr) {
      std::erase_if(elements, [&](const TemplateValue& element) {
        scopes_.emplace_back();
        At(loop.line, [&] { Bind(loop, element); });
        const bool kept = IsTrue(Defined(*loop.condition));
        scopes_.pop_back();
        return !kept;
      });
    }
    for (size_t i = 0; i < elements.size(); ++i) {
      VFFN_CHECK(++rounds_ <= kMostRounds, "line ", loop.line, ": the loops have more than ", kMostRounds,
                 " rounds");
      scopes_.emplace_back();
      At(loop.line, [&] { Bind(loop, elements[i]); });
      scopes_.back()["loop"] = LoopValues(static_cast<int64_t>(i), static_cast<int64_t>(elements.size()));
      Execute(loop.body);
      scopes_.pop_back();
    }
    if (elements.empty()) {
      scopes_.emplace_back();
      Execute(loop.otherwise);
      scopes_.pop_back();
    }
  }

  void Bind(const Statement& loop, const TemplateValue& element) {
    if (loop.names.size() == 1) {
      scopes_.back()[loop.names[0]] = element;
      return;
    }
    const TemplateValue::Elements parts = ElementsOf(element);
    VFFN_CHECK(parts.size() == loop.names.size(), "an element has ", parts.size(), " parts for ",
               loop.names.size(), " names");
    for (size_t i = 0; i < parts.size(); ++i) {
      scopes_.back()[loop.names[i]] = parts[i];
    }
  }

  static TemplateValue LoopValues(int64_t index, int64_t length) {
    return TemplateValue::Dict(
        {"index", "index0", "revindex", "revindex0", "first", "last", "length"},
        {TemplateValue::Int(index + 1), TemplateValue::Int(index), TemplateValue::Int(length - index),
         TemplateValue::Int(length - index - 1), TemplateValue::Bool(index == 0),
         TemplateValue::Bool(index + 1 == length), TemplateValue::Int(length)},
        /*ordered=*/false);
  }

  // ---- expressions

  /// Runs `work`; an error begins with the line.
  template <class Work>
  static void At(int line, const Work& work) {
    try {
      work();
    } catch (const PlacedError&) {
      throw;
    } catch (const Error& error) {
      throw PlacedError("line " + std::to_string(line) + ": " + error.what());
    }
  }

  /// Throws Error if the value is undefined.
  TemplateValue Defined(const Expression& expression) {
    TemplateValue value = Evaluate(expression);
    if (value.is(Kind::kUndefined)) {
      throw PlacedError("line " + std::to_string(expression.line) + ": " + value.text);
    }
    return value;
  }

  TemplateValue Part(const Expression& expression, size_t index) {
    return Defined(*expression.parts.at(index));
  }

  /// The value, which may be undefined.
  TemplateValue Evaluate(const Expression& expression) {
    TemplateValue value;
    At(expression.line, [&] { value = Value(expression); });
    return value;
  }

  TemplateValue Value(const Expression& expression) {
    switch (expression.kind) {
      case Expression::Kind::kConstant:
        return expression.constant;
      case Expression::Kind::kName:
        return Variable(expression.text);
      case Expression::Kind::kList:
        return TemplateValue::Sequence(Kind::kList, Parts(expression));
      case Expression::Kind::kTuple:
        return TemplateValue::Sequence(Kind::kTuple, Parts(expression));
      case Expression::Kind::kDict:
        return DictOf(expression);
      case Expression::Kind::kUnary:
        return expression.text == "not" ? TemplateValue::Bool(!IsTrue(Part(expression, 0)))
                                        : ApplySign(expression.text, Part(expression, 0));
      case Expression::Kind::kBinary: {
        const TemplateValue left = Part(expression, 0);
        return ApplyArithmetic(expression.text, left, Part(expression, 1));
      }
      case Expression::Kind::kConcat:
        return Concatenated(expression);
      case Expression::Kind::kLogic: {
        TemplateValue left = Part(expression, 0);
        return IsTrue(left) == (expression.text == "or") ? left : Part(expression, 1);
      }
      case Expression::Kind::kCompare:
        return Compared(expression);
      case Expression::Kind::kCondition:
        return Conditional(expression);
      case Expression::Kind::kAttribute:
        return AttributeOf(Part(expression, 0), expression.text);
      case Expression::Kind::kItem: {
        const TemplateValue container = Part(expression, 0);
        return ItemOf(container, Part(expression, 1));
      }
      case Expression::Kind::kSlice:
        return Sliced(expression);
      case Expression::Kind::kCall:
        return Called(expression);
      case Expression::Kind::kFilter:
        return Filtered(expression);
      case Expression::Kind::kTest:
        return TemplateValue::Bool(ApplyTest(expression.text, Evaluate(*expression.parts[0])));
    }
    Fail("no such expression");
  }

  TemplateValue Variable(const std::string& name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      if (const auto found = scope->find(name); found != scope->end()) {
        return found->second;
      }
    }
    if (const TemplateValue* field = FindKey(record_, name)) {
      return *field;
    }
    return TemplateValue::Undefined("the record has no field " + name);
  }

  TemplateValue::Elements Parts(const Expression& expression) {
    TemplateValue::Elements elements;
    for (const ExpressionPointer& part : expression.parts) {
      elements.push_back(Defined(*part));
    }
    return elements;
  }

  TemplateValue DictOf(const Expression& expression) {
    std::vector<std::string> keys;
    TemplateValue::Elements values;
    for (size_t i = 0; i < expression.parts.size(); i += 2) {
      const TemplateValue key = Part(expression, i);
      VFFN_CHECK(key.is(Kind::kString), "the key of a dict is a ", TypeName(key), "; only str is supported");
      VFFN_CHECK(std::ranges::find(keys, key.text) == keys.end(), "the dict has the key ", key.text,
                 " twice");
      keys.push_back(key.text);
      values.push_back(Part(expression, i + 1));
    }
    return TemplateValue::Dict(std::move(keys), std::move(values), /*ordered=*/true);
  }

  TemplateValue Concatenated(const Expression& expression) {
    std::string text;
    for (const TemplateValue& part : Parts(expression)) {
      text += PythonStr(part);
    }
    return TemplateValue::String(std::move(text));
  }

  TemplateValue Compared(const Expression& expression) {
    TemplateValue left = Part(expression, 0);
    for (size_t i = 0; i < expression.operators.size(); ++i) {
      TemplateValue right = Part(expression, i + 1);
      if (!ApplyComparison(expression.operators[i], left, right)) {
        return TemplateValue::Bool(false);
      }
      left = std::move(right);
    }
    return TemplateValue::Bool(true);
  }

  TemplateValue Conditional(const Expression& expression) {
    if (IsTrue(Part(expression, 1))) {
      return Evaluate(*expression.parts[0]);
    }
    return expression.parts.size() > 2
               ? Evaluate(*expression.parts[2])
               : TemplateValue::Undefined("the condition of an if without else is not met");
  }

  TemplateValue Sliced(const Expression& expression) {
    const TemplateValue container = Part(expression, 0);
    TemplateValue bounds[3];
    for (size_t i = 0; i < 3; ++i) {
      if (expression.parts[i + 1] != nullptr) {
        bounds[i] = Part(expression, i + 1);
      }
    }
    return SliceOf(container, bounds[0], bounds[1], bounds[2]);
  }

  CallArguments ArgumentsOf(const Expression& call) {
    CallArguments arguments;
    for (size_t i = 1; i < call.parts.size(); ++i) {
      arguments.values.push_back(Part(call, i));
    }
    for (const auto& [name, value] : call.named) {
      arguments.named.emplace_back(name, Defined(*value));
    }
    return arguments;
  }

  TemplateValue Called(const Expression& call) {
    const Expression& function = *call.parts[0];
    if (function.kind == Expression::Kind::kAttribute) {
      const TemplateValue object = Part(function, 0);
      return CallMethod(object, function.text, ArgumentsOf(call));
    }
    VFFN_CHECK(Variable(function.text).is(Kind::kUndefined), function.text,
               " is a field of the record, not a function");
    return CallRange(ArgumentsOf(call));
  }

  TemplateValue Filtered(const Expression& filter) {
    const bool may_be_undefined = filter.text == "default" || filter.text == "d";
    const TemplateValue input = may_be_undefined ? Evaluate(*filter.parts[0]) : Part(filter, 0);
    return ApplyFilter(filter.text, input, ArgumentsOf(filter));
  }

  const TemplateValue& record_;
  std::vector<Scope> scopes_;
  std::string text_;
  int rounds_ = 0;
};

}  // namespace

TemplateBody Template::ParseSource(std::string_view source) { return ParseTemplate(source); }

std::string Template::Render(const TemplateValue& record) const { return Evaluator(record).Run(body_); }

}  // namespace vffn
