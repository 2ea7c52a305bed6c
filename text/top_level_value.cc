#include "text/top_level_value.h"

#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "base/json_syntax.h"

namespace vffn {
namespace {

constexpr size_t kMaxOpenValues = 256;

// nlohmann's event interface: each event returns whether to go on.
class TopLevelReader : public nlohmann::json_sax<Json> {
 public:
  TopLevelReader(std::string origin, std::string_view text, std::string key)
      : origin_(std::move(origin)), text_(text), wanted_(std::move(key)) {}

  Json value;

  bool null() override { return Value(nullptr); }
  bool boolean(bool value) override { return Value(value); }
  bool number_integer(number_integer_t value) override { return Value(value); }
  bool number_unsigned(number_unsigned_t value) override { return Value(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return Value(value); }
  bool string(string_t& value) override { return Value(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }

  bool key(string_t& value) override {
    if (depth_ == 1) {
      wanting_ = value == wanted_;
    }
    key_ = std::move(value);
    return true;
  }

  bool start_object(std::size_t /*size*/) override { return Open(Json::object()); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t /*size*/) override { return Open(Json::array()); }
  bool end_array() override { return Close(); }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const Json::exception& /*error*/) override {
    Fail(origin_, ": ", SyntaxProblem(text_, position, JsonConstants::kRefused, /*always_line=*/true));
  }

 private:
  bool Value(Json json) {
    if (!wanting_) {
      return true;
    }
    Add(std::move(json));
    return !open_.empty();
  }

  bool Open(Json json) {
    VFFN_CHECK(++depth_ < kMaxOpenValues, origin_, ": JSON nested deeper than ", kMaxOpenValues, " levels");
    if (wanting_) {
      open_.push_back(Add(std::move(json)));
    }
    return true;
  }

  bool Close() {
    --depth_;
    if (!wanting_) {
      return true;
    }
    open_.pop_back();
    return !open_.empty();
  }

  Json* Add(Json json) {
    if (open_.empty()) {
      value = std::move(json);
      return &value;
    }
    if (open_.back()->is_array()) {
      return &open_.back()->emplace_back(std::move(json));
    }
    return &((*open_.back())[key_] = std::move(json));
  }

  std::string origin_;
  std::string_view text_;
  std::string wanted_, key_;
  std::vector<Json*> open_;  // of the wanted value
  size_t depth_ = 0;
  bool wanting_ = false;
};

}  // namespace

Json ReadTopLevelValue(const std::filesystem::path& path, const std::string& key) {
  const std::string text = ReadFileBytes(path);
  TopLevelReader reader(path.string(), text, key);
  Json::sax_parse(text, &reader);
  return std::move(reader.value);
}

}  // namespace vffn
