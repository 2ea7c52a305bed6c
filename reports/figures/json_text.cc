#include "reports/figures/json_text.h"

#include <cmath>

#include "base/error.h"
#include "base/json.h"
#include "text/utf8.h"

namespace vffn {

JsonText::JsonText(double number) : text_(Json(number).dump()), finite_(std::isfinite(number)) {}

JsonText::JsonText(std::string_view text) {
  CheckUtf8(text);
  text_ = Json(text).dump();
}

JsonText JsonText::Object(const std::vector<std::pair<std::string, JsonText>>& members) {
  JsonText object = Verbatim("{");
  for (const auto& [name, value] : members) {
    if (!value.absent()) {
      object.text_.append(object.text_.size() == 1 ? "" : ",").append(JsonText(name).text());
      object.text_.append(":").append(value.text());
      object.finite_ = object.finite_ && value.finite();
    }
  }
  object.text_ += '}';
  return object;
}

JsonText JsonText::Verbatim(std::string json) {
  JsonText value;
  value.text_ = std::move(json);
  return value;
}

std::string JsonText::CsvField() const {
  const std::string field = text_.starts_with('"') ? Json::parse(text_).get<std::string>()
                            : text_ == "null"      ? ""
                                                   : text_;
  if (field.find_first_of(",\"\r\n") == std::string::npos) {
    return field;
  }
  std::string quoted = "\"";
  for (const char c : field) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + '"';
}

}  // namespace vffn
