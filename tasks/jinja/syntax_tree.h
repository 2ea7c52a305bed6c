// Expressions and statements of a template.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tasks/jinja/value.h"

namespace vffn {

struct TemplateExpression;
using ExpressionPointer = std::unique_ptr<TemplateExpression>;

struct TemplateExpression {
  enum class Kind {
    kConstant,
    kName,       ///< text
    kList,       ///< parts
    kTuple,      ///< parts
    kDict,       ///< parts: key, value, key, value ...
    kUnary,      ///< text: "-", "+", "not"; one part
    kBinary,     ///< text: "+", "-", "*", "/", "//", "%", "**"; two parts
    kConcat,     ///< "~" between all parts
    kLogic,      ///< text: "and", "or"; two parts
    kCompare,    ///< operators between parts, one fewer than these
    kCondition,  ///< value if condition else other: the parts in this order; without else there are two
    kAttribute,  ///< text: the name after the dot; one part
    kItem,       ///< container[index]: two parts
    kSlice,      ///< container[start:stop:step]: four parts, null where nothing is written
    kCall,       ///< the function, then the arguments
    kFilter,     ///< text; the input, then the arguments
    kTest,       ///< text: "defined"; the input
  };
  Kind kind = Kind::kConstant;
  int line = 1;
  std::string text;
  TemplateValue constant;
  std::vector<ExpressionPointer> parts;
  std::vector<std::string> operators;
  std::vector<std::pair<std::string, ExpressionPointer>> named;  ///< arguments of kCall and kFilter
};

struct TemplateStatement;
using TemplateBody = std::vector<TemplateStatement>;

struct TemplateStatement {
  enum class Kind {
    kText,    ///< text
    kOutput,  ///< expression
    kSet,     ///< names[0] = expression
    kFor,     ///< for names in expression if condition; body; otherwise if there is nothing to run over
    kIf,      ///< if expression; body; otherwise
  };
  Kind kind = Kind::kText;
  int line = 1;
  std::string text;
  std::vector<std::string> names;
  ExpressionPointer expression, condition;
  TemplateBody body, otherwise;
};

}  // namespace vffn
