#include "tasks/doc.h"

#include <charconv>
#include <utility>

#include "base/fields.h"

namespace vffn {

Doc::Doc(Json fields, int64_t doc_id, std::string origin)
    : fields_(std::move(fields)), doc_id_(doc_id), origin_(std::move(origin)) {
  VFFN_CHECK(fields_.is_object(), origin_, ": a record must be a JSON object, this is of type ",
             fields_.type_name());
}

const Json& Doc::Find(std::string_view field) const {
  const Json* value = &fields_;
  for (size_t begin = 0; begin <= field.size();) {
    const size_t end = std::min(field.find('.', begin), field.size());
    const std::string path(field.substr(0, begin == 0 ? 0 : begin - 1));
    value = &Fields(*value, origin_, path).Require(field.substr(begin, end - begin));
    begin = end + 1;
  }
  return *value;
}

const std::string& Doc::String(std::string_view field) const {
  return ToText(Find(field), {origin_, {}, field});
}

std::vector<std::string> Doc::Strings(std::string_view field) const {
  return ConvertJson<std::vector<std::string>>(Find(field), {origin_, {}, field});
}

bool Doc::Bool(std::string_view field) const { return ConvertJson<bool>(Find(field), {origin_, {}, field}); }

int64_t Doc::Int(std::string_view field) const {
  const Json& value = Find(field);
  if (!value.is_string()) {
    return ConvertJson<int64_t>(value, {origin_, {}, field});
  }
  const std::string& text = value.get_ref<const std::string&>();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    Refuse(field, "is \"", text, "\", should be a whole number",
           text.empty() ? " (a split without answers?)" : "");
  }
  return number;
}

}  // namespace vffn
