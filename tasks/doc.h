// One record of a data set.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"

namespace vffn {

/// A record with typed access to its fields. A field is named by its path: "goal", "choices.text". Every
/// getter throws Error naming origin and field if the field is missing, null or of another type.
class Doc {
 public:
  /// `fields` must be a JSON object (else Error). `origin` is the file and the row or line, for error
  /// messages.
  Doc(Json fields, int64_t doc_id, std::string origin);

  int64_t doc_id() const { return doc_id_; }  ///< index in the data set
  const std::string& origin() const { return origin_; }
  const Json& fields() const { return fields_; }

  const std::string& String(std::string_view field) const;
  std::vector<std::string> Strings(std::string_view field) const;

  bool Bool(std::string_view field) const;

  /// An integer, or a string of decimal digits: data sets store labels either way.
  int64_t Int(std::string_view field) const;

  /// Throws Error: origin, field, then `parts`.
  template <class... Parts>
  [[noreturn]] void Refuse(std::string_view field, const Parts&... parts) const {
    Fail(JsonPlace{origin_, {}, field}.Text(), " ", parts...);
  }

 private:
  const Json& Find(std::string_view field) const;

  Json fields_;
  int64_t doc_id_;
  std::string origin_;
};

}  // namespace vffn
