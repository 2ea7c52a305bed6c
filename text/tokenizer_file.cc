#include "text/tokenizer_file.h"

#include "base/error.h"
#include "base/file_bytes.h"
#include "base/json_syntax.h"
#include "text/serde_number.h"

namespace vffn {
namespace {

constexpr size_t kMaxDepth = 256;

// nlohmann's event interface: each event returns whether to go on.
class Reader : public nlohmann::json_sax<Json> {
 public:
  Reader(std::string origin, std::string_view text, TokenizerFile& file)
      : origin_(std::move(origin)), text_(text), file_(file) {}

  bool null() override { return Value(nullptr); }
  bool boolean(bool value) override { return Value(value); }
  bool number_integer(number_integer_t value) override { return Value(value); }
  bool number_float(number_float_t /*value*/, const string_t& text) override {
    return Value(SerdeNumber(text));
  }
  bool binary(binary_t& /*value*/) override { return false; }

  bool number_unsigned(number_unsigned_t value) override {
    if (where_ != kVocabulary) {
      return Value(value);
    }
    VFFN_CHECK(value <= INT32_MAX, origin_, ": model.vocab: the id ", value, " of \"", key_,
               "\" is too large");
    file_.vocabulary.emplace_back(std::move(key_), static_cast<int64_t>(value));
    return true;
  }

  bool string(string_t& value) override {
    if (where_ == kPair) {
      pair_.push_back(std::move(value));
    } else if (where_ == kMerges && value.starts_with("#version")) {
      return true;  // the first line of a merges.txt
    } else if (where_ == kMerges) {
      const auto merge = SplitMerge(value);
      VFFN_CHECK(merge, origin_, ": model.merges[", file_.merges.size(), "] is \"", value, "\"", kNotAMerge);
      file_.merges.emplace_back(merge->first, merge->second);
    } else {
      return Value(std::move(value));
    }
    return true;
  }

  bool key(string_t& value) override {
    key_ = std::move(value);
    VFFN_CHECK(where_ != kRest || !open_.back()->contains(key_), origin_, ": duplicate JSON key \"", key_,
               "\"");
    return true;
  }

  bool start_object(std::size_t /*size*/) override {
    if (InModel() && key_ == "vocab") {
      VFFN_CHECK(!file_.has_vocabulary, origin_, ": duplicate JSON key \"vocab\"");
      file_.has_vocabulary = true;
      where_ = kVocabulary;
      return true;
    }
    return Open(Json::object());
  }

  bool end_object() override { return Close(); }

  bool start_array(std::size_t /*size*/) override {
    if (where_ == kMerges) {
      where_ = kPair;
      pair_.clear();
      return true;
    }
    if (InModel() && key_ == "merges") {
      VFFN_CHECK(!file_.has_merges, origin_, ": duplicate JSON key \"merges\"");
      file_.has_merges = true;
      where_ = kMerges;
      return true;
    }
    return Open(Json::array());
  }

  bool end_array() override {
    if (where_ == kPair) {
      VFFN_CHECK(pair_.size() == 2, origin_, ": model.merges[", file_.merges.size(), "] has ", pair_.size(),
                 " tokens, not two");
      file_.merges.emplace_back(std::move(pair_[0]), std::move(pair_[1]));
      where_ = kMerges;
      return true;
    }
    return Close();
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const Json::exception& /*error*/) override {
    Fail(origin_, ": ", SyntaxProblem(text_, position, JsonConstants::kRefused, /*always_line=*/true));
  }

 private:
  enum Where { kRest, kVocabulary, kMerges, kPair };

  bool InModel() const { return where_ == kRest && open_.size() == 2 && in_model_; }

  Json* Add(Json value) {
    VFFN_CHECK(where_ == kRest, origin_, ": model.", where_ == kVocabulary ? "vocab" : "merges",
               " holds a value of an unexpected type: ", value.dump());
    if (open_.empty()) {
      file_.rest = std::move(value);
      return &file_.rest;
    }
    if (open_.back()->is_array()) {
      return &open_.back()->emplace_back(std::move(value));
    }
    return &((*open_.back())[key_] = std::move(value));
  }

  bool Value(Json value) {
    Add(std::move(value));
    return true;
  }

  bool Open(Json container) {
    VFFN_CHECK(open_.size() < kMaxDepth, origin_, ": JSON nested deeper than ", kMaxDepth, " levels");
    if (open_.size() == 1) {
      in_model_ = key_ == "model";
    }
    open_.push_back(Add(std::move(container)));
    return true;
  }

  bool Close() {
    if (where_ == kRest) {
      open_.pop_back();
    }
    where_ = kRest;
    return true;
  }

  std::string origin_;
  std::string_view text_;
  TokenizerFile& file_;
  std::vector<Json*> open_;
  std::string key_;
  std::vector<std::string> pair_;
  Where where_ = kRest;
  bool in_model_ = false;
};

}  // namespace

std::optional<std::pair<std::string_view, std::string_view>> SplitMerge(std::string_view merge) {
  const size_t blank = merge.find(' ');
  if (blank == std::string_view::npos || blank != merge.rfind(' ')) {
    return std::nullopt;
  }
  return std::pair(merge.substr(0, blank), merge.substr(blank + 1));
}

TokenizerFile ReadTokenizerFile(const std::filesystem::path& path) {
  TokenizerFile file;
  const std::string text = ReadFileBytes(path);
  Reader reader(path.string(), text, file);
  Json::sax_parse(text, &reader);
  return file;
}

}  // namespace vffn
