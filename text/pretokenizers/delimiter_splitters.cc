// Steps that look for delimiters: matches of a pattern, a fixed text, characters of a set.
#include "text/pretokenizers/delimiter_cut.h"
#include "text/utf8.h"

namespace vffn {
namespace {

std::vector<Regex::Match>& ThreadMatches() {
  thread_local std::vector<Regex::Match> matches;
  return matches;
}

class RegexSplitter : public WordSplitter {
 public:
  RegexSplitter(std::string_view pattern, Cut cut)
      : pattern_(pattern), cut_(cut), regex_(pattern, "pre_tokenizer Split") {}

  void Split(std::string_view text, std::vector<std::string_view>& words) const override {
    std::vector<Regex::Match>& matches = ThreadMatches();
    regex_.FindAll(text, matches);
    CutAtMatches(text, matches, cut_, words);
  }

  std::string Describe() const override {
    const bool isolated = cut_.behavior == Delimiter::kIsolated;
    return "Split(" + pattern_ + (isolated ? "" : DescribeCut(cut_)) + ")";
  }

 private:
  std::string pattern_;
  Cut cut_;
  Regex regex_;
};

class LiteralSplitter : public WordSplitter {
 public:
  LiteralSplitter(std::string delimiter, Cut cut) : delimiter_(std::move(delimiter)), cut_(cut) {}

  void Split(std::string_view text, std::vector<std::string_view>& words) const override {
    std::vector<Regex::Match>& matches = ThreadMatches();
    matches.clear();
    if (delimiter_.empty()) {
      for (size_t position = 0; position < text.size();) {
        matches.push_back({position, position});
        DecodeUtf8(text, position);
      }
      matches.push_back({text.size(), text.size()});
    } else {
      for (size_t found = 0; (found = text.find(delimiter_, found)) != std::string_view::npos;) {
        matches.push_back({found, found + delimiter_.size()});
        found += delimiter_.size();
      }
    }
    CutAtMatches(text, matches, cut_, words);
  }

  std::string Describe() const override { return "Split(" + delimiter_ + DescribeCut(cut_) + ")"; }

 private:
  std::string delimiter_;
  Cut cut_;
};

class SetSplitter : public WordSplitter {
 public:
  SetSplitter(const CodePointSet& set, Cut cut, std::string name)
      : table_(set), cut_(cut), name_(std::move(name)) {}

  void Split(std::string_view text, std::vector<std::string_view>& words) const override {
    std::vector<Regex::Match>& matches = ThreadMatches();
    matches.clear();
    for (size_t position = 0; position < text.size();) {
      const size_t begin = position;
      if (table_[DecodeUtf8(text, position)]) {
        matches.push_back({begin, position});
      }
    }
    CutAtMatches(text, matches, cut_, words);
  }

  std::string Describe() const override { return name_ + "(" + DescribeCut(cut_).substr(1) + ")"; }

 private:
  CodePointTable table_;
  Cut cut_;
  std::string name_;
};

}  // namespace

std::unique_ptr<const WordSplitter> MakeRegexSplitter(std::string_view pattern, Cut cut) {
  return std::make_unique<RegexSplitter>(pattern, cut);
}

std::unique_ptr<const WordSplitter> MakeLiteralSplitter(std::string delimiter, Cut cut) {
  return std::make_unique<LiteralSplitter>(std::move(delimiter), cut);
}

std::unique_ptr<const WordSplitter> MakeSetSplitter(const CodePointSet& set, Cut cut, std::string name) {
  return std::make_unique<SetSplitter>(set, cut, std::move(name));
}

}  // namespace vffn
