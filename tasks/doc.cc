#include "tasks/doc.h"

#include <charconv>
#include <utility>

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
    const std::string key(field.substr(begin, end - begin));
    if (!value->is_object() || !value->contains(key)) {
      Refuse(field, "is missing");
    }
    value = &(*value)[key];
    begin = end + 1;
  }
  return *value;
}

const std::string& Doc::String(std::string_view field) const {
  const Json& value = Find(field);
  if (!value.is_string()) {
    Refuse(field, "must be a string, it is of type ", value.type_name());
  }
  return value.get_ref<const std::string&>();
}

std::vector<std::string> Doc::Strings(std::string_view field) const {
  const Json& value = Find(field);
  if (!value.is_array()) {
    Refuse(field, "must be a list of strings, it is of type ", value.type_name());
  }
  std::vector<std::string> strings;
  for (const Json& element : value) {
    if (!element.is_string()) {
      Refuse(field, "must be a list of strings, element ", strings.size(), " is of type ",
             element.type_name());
    }
    strings.push_back(element.get<std::string>());
  }
  return strings;
}

int64_t Doc::Int(std::string_view field) const {
  const Json& value = Find(field);
  if (value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX) {
    Refuse(field, "is out of range: ", value.dump());
  }
  if (value.is_number_integer()) {
    return value.get<int64_t>();
  }
  if (!value.is_string()) {
    Refuse(field, "must be an integer, it is of type ", value.type_name());
  }
  const std::string& text = value.get_ref<const std::string&>();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    Refuse(field, "must be an integer, it is \"", text, "\"",
           text.empty() ? " (a split without answers?)" : "");
  }
  return number;
}

}  // namespace vffn
