#include "train/config/olmo_options.h"

#include <charconv>

#include "base/error.h"
#include "model/weights/yaml_sections.h"

namespace vffn {
namespace {

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) {
    joined.append(joined.empty() ? "" : ", ").append(text);
  }
  return joined;
}

std::optional<double> NumberOf(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

}  // namespace

double OlmoNumber(const std::string& text, const std::string& where) {
  const std::optional<double> value = NumberOf(text);
  VFFN_CHECK(value.has_value(), where, " is ", text, ", should be a number");
  return *value;
}

OlmoOptions::OlmoOptions(std::string_view yaml, std::string origin)
    : origin_(std::move(origin)), root_(ReadYaml(yaml, origin_)) {}

const Json* OlmoOptions::Walk(const std::string& key) const {
  const Json* value = &root_;
  for (size_t begin = 0; begin <= key.size();) {
    const size_t end = std::min(key.find('.', begin), key.size());
    VFFN_CHECK(value->is_object() || value->is_null(), origin_, ": ", key.substr(0, begin - 1),
               " should be a mapping");
    const auto found = value->find(key.substr(begin, end - begin));
    if (value->is_null() || found == value->end()) {
      return nullptr;
    }
    value = &*found;
    begin = end + 1;
  }
  return value;
}

const Json* OlmoOptions::Find(const std::string& key) {
  asked_.insert(key);
  const Json* value = Walk(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

/// The text of a scalar, with "${key}" replaced by that key's value.
std::string OlmoOptions::Resolved(const std::string& key, const Json& value) const {
  VFFN_CHECK(value.is_string(), origin_, ": ", key, " is ", value.dump(), ", should be one value");
  auto text = value.get<std::string>();
  if (text.find("${") == std::string::npos) {
    return text;
  }
  const bool whole = text.starts_with("${") && text.ends_with('}');
  const std::string other = whole ? text.substr(2, text.size() - 3) : "";
  const bool is_key = whole && other.find_first_of(":${}") == std::string::npos;
  const Json* target = is_key ? Walk(other) : nullptr;
  VFFN_CHECK(target != nullptr && target->is_string() && *target != value, origin_, ": ", key, " is ", text,
             ": only ${KEY} of another key is resolved here; write the value itself");
  return Resolved(key, *target);
}

void OlmoOptions::NoteDefault(const std::string& key, const std::string& value) {
  defaults_.push_back(key + ": " + value);
}

std::optional<std::string> OlmoOptions::Text(const std::string& key, const char* olmo_default) {
  asked_.insert(key);
  const Json* value = Walk(key);
  if (value == nullptr) {
    NoteDefault(key, olmo_default);
    const std::string text = olmo_default;
    return text == "null" ? std::nullopt : std::optional(text);
  }
  return value->is_null() ? std::nullopt : std::optional(Resolved(key, *value));
}

std::optional<double> OlmoOptions::Number(const std::string& key, const char* olmo_default) {
  const std::optional<std::string> text = Text(key, olmo_default);
  return text ? std::optional(OlmoNumber(*text, origin_ + ": " + key)) : std::nullopt;
}

bool OlmoOptions::Flag(const std::string& key, const char* olmo_default) {
  const std::string text = Text(key, olmo_default).value_or("null");
  VFFN_CHECK(text == "true" || text == "false", origin_, ": ", key, " is ", text,
             ", should be true or false");
  return text == "true";
}

int64_t OlmoOptions::Count(const std::string& key, const char* olmo_default) {
  const std::string text = Text(key, olmo_default).value_or("null");
  int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  VFFN_CHECK(error == std::errc() && end == text.data() + text.size() && value >= 0, origin_, ": ", key,
             " is ", text, ", should be a whole number from 0");
  return value;
}

std::vector<std::string> OlmoOptions::TextList(const std::string& key) {
  std::vector<std::string> list;
  if (const Json* value = Find(key)) {
    VFFN_CHECK(value->is_array(), origin_, ": ", key, " is ", value->dump(), ", should be a list");
    for (const Json& element : *value) {
      list.push_back(Resolved(key, element));
    }
  }
  return list;
}

std::vector<double> OlmoOptions::NumberList(const std::string& key, const std::vector<double>& olmo_default) {
  std::vector<double> list;
  for (const std::string& text : TextList(key)) {
    list.push_back(OlmoNumber(text, origin_ + ": " + key));
  }
  if (list.empty()) {
    NoteDefault(key, Json(olmo_default).dump());
  }
  return list.empty() ? olmo_default : list;
}

void OlmoOptions::Only(const std::string& key, const std::string& olmo_default,
                       const std::string& supported) {
  asked_.insert(key);
  const Json* value = Walk(key);
  const std::string text = value == nullptr     ? olmo_default
                           : value->is_null()   ? "null"
                           : value->is_string() ? Resolved(key, *value)
                                                : value->dump();
  const std::optional<double> number = NumberOf(text);
  if (text != supported && !(number && number == NumberOf(supported))) {
    Refuse(key, text + (value == nullptr ? " (OLMo's default)" : "") + ", supported is " + supported);
  }
}

void OlmoOptions::Refuse(const std::string& key, const std::string& why) {
  refused_ += "\n  " + key + ": " + why;
}

void OlmoOptions::Ignore(std::string_view section, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const std::string name = std::string(section) + key;
    if (Find(name) != nullptr) {
      ignored_.push_back(name);
    }
  }
}

void OlmoOptions::RefuseRest(std::initializer_list<const char*> sections) {
  std::set<std::string> allowed = asked_;
  for (const char* section : sections) {
    allowed.insert(section);
    const Json* object = Walk(section);
    if (object == nullptr || object->is_null()) {
      continue;
    }
    for (const auto& [key, value] : object->items()) {
      const std::string name = std::string(section) + "." + key;
      if (!asked_.contains(name)) {
        Refuse(name, "unknown key");
      }
    }
  }
  for (const auto& [key, value] : root_.items()) {
    if (!allowed.contains(key)) {
      Refuse(key, "unknown key");
    }
  }
  VFFN_CHECK(refused_.empty(), origin_, ": keys that change the training and are not supported:", refused_);
}

std::vector<std::string> OlmoOptions::Notes() const {
  std::vector<std::string> notes;
  if (!defaults_.empty()) {
    notes.push_back("not in the file, OLMo's default is taken: " + Joined(defaults_));
  }
  notes.insert(notes.end(), notes_.begin(), notes_.end());
  if (!ignored_.empty()) {
    notes.push_back("without effect here: " + Joined(ignored_));
  }
  return notes;
}

}  // namespace vffn
