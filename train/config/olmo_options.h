// The keys of an OLMo training configuration: what was read, what was missing, what cannot be done.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace vffn {

/// Throws Error, beginning with `where`, if the text is not a number; 5e-4 is one, also where YAML says that
/// it is a text.
double OlmoNumber(const std::string& text, const std::string& where);

/// Reads values by their full name, "optimizer.eps". A key that is absent has OLMo's default, which is noted.
/// A value "${key}" is that of another key. All methods throw Error, naming file and key, if a value has
/// another form.
class OlmoOptions {
 public:
  OlmoOptions(std::string_view yaml, std::string origin);

  /// Null if the key is absent or null.
  const Json* Find(const std::string& key);

  /// Nothing if the value, or OLMo's default, is null. `olmo_default` is noted if the key is absent.
  std::optional<std::string> Text(const std::string& key, const char* olmo_default);
  std::optional<double> Number(const std::string& key, const char* olmo_default);
  bool Flag(const std::string& key, const char* olmo_default);
  int64_t Count(const std::string& key, const char* olmo_default);  ///< a whole number from 0
  std::vector<std::string> TextList(const std::string& key);        ///< empty if absent
  std::vector<double> NumberList(const std::string& key, const std::vector<double>& olmo_default);

  /// Refuses the key unless its value, or OLMo's default, is the one supported. "null" stands for null.
  void Only(const std::string& key, const std::string& olmo_default, const std::string& supported);
  void Refuse(const std::string& key, const std::string& why);

  /// Keys that have no effect here, listed if they are there.
  void Ignore(std::string_view section, std::initializer_list<const char*> keys);
  void Note(std::string note) { notes_.push_back(std::move(note)); }

  /// Throws one Error that lists every refused key, and every key at the top and in `sections` that no method
  /// above was asked for.
  void RefuseRest(std::initializer_list<const char*> sections);

  /// What the user should know: keys without effect, keys that are missing with their defaults, other notes.
  std::vector<std::string> Notes() const;
  const std::string& origin() const { return origin_; }

 private:
  const Json* Walk(const std::string& key) const;
  std::string Resolved(const std::string& key, const Json& value) const;
  void NoteDefault(const std::string& key, const std::string& value);

  std::string origin_;
  Json root_;
  std::set<std::string> asked_;
  std::vector<std::string> defaults_, ignored_, notes_;
  std::string refused_;
};

}  // namespace vffn
