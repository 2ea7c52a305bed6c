#include "tasks/record_text.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "text/utf8.h"

namespace vffn {
namespace {

constexpr std::string_view kQuery = "query";
constexpr size_t kShortestRun = 3;  // of words of a field that is not there as a whole

struct Word {
  int id = 0;  // of its text without case
  size_t begin = 0, end = 0;
};
using Words = std::vector<Word>;

/// Splits texts into words and numbers them.
class WordNumbers {
 public:
  Words Split(std::string_view text) {
    Words words;
    std::u32string word;
    size_t begin = 0;
    const auto finish = [&](size_t end) {
      if (!word.empty()) {
        const int next = static_cast<int>(ids_.size());
        words.push_back({ids_.try_emplace(word, next).first->second, begin, end});
        word.clear();
      }
    };
    for (size_t position = 0; position < text.size();) {
      const size_t start = position;
      const auto code = static_cast<UChar32>(DecodeUtf8(text, position));
      const bool alone = u_hasBinaryProperty(code, UCHAR_IDEOGRAPHIC) != 0;  // no blanks between words
      if (!IsOfWord(code) || alone) {
        finish(start);
      }
      if (IsOfWord(code)) {
        begin = word.empty() ? start : begin;
        word.push_back(static_cast<char32_t>(u_foldCase(code, U_FOLD_CASE_DEFAULT)));
      }
      if (alone) {
        finish(position);
      }
    }
    finish(text.size());
    return words;
  }

 private:
  static bool IsOfWord(UChar32 code) {
    return u_isalnum(code) != 0 || (U_GET_GC_MASK(code) & U_GC_M_MASK) != 0;
  }

  std::map<std::u32string, int> ids_;
};

/// All texts and numbers of a record but "query".
void AddFields(const Json& value, WordNumbers& numbers, std::vector<Words>& fields) {
  if (value.is_object()) {
    for (const auto& [name, field] : value.items()) {
      if (name != kQuery) {
        AddFields(field, numbers, fields);
      }
    }
  } else if (value.is_array()) {
    for (const Json& element : value) {
      AddFields(element, numbers, fields);
    }
  } else if (value.is_string() || value.is_number()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    const bool valid = FindInvalidUtf8(text) == std::string_view::npos;
    if (Words words = valid ? numbers.Split(text) : Words(); !words.empty()) {
      fields.push_back(std::move(words));
    }
  }
}

/// Words [begin, end).
struct Run {
  size_t begin = 0, end = 0;
  size_t size() const { return end - begin; }
};

/// The words of a context, and which of them were found in the record.
class Context {
 public:
  Context(Words words, Run region)
      : words_(std::move(words)), region_(region), found_(words_.size()), joined_(words_.size()) {}

  /// Whether the whole field is there; its last occurrence is taken.
  bool TakeWhole(const Words& field) {
    for (size_t begin = region_.end; begin-- > region_.begin;) {
      if (Common(field, 0, begin) == field.size()) {
        Take(begin, field.size());
        convincing_ = convincing_ || field.size() > 1;
        return true;
      }
    }
    return false;
  }

  /// Takes the longest run that the context has of the field, again and again; beside a run also shorter
  /// ones.
  void TakeRuns(const Words& field) {
    const size_t shortest = std::min(kShortestRun, std::max<size_t>(2, (field.size() + 1) / 2));
    std::vector<bool> used(field.size());
    std::vector<bool> beside(words_.size() + 1);  // whether a run of the field begins or ends there
    const auto take = [&](const CommonRun& run) {
      Take(run.context, run.size);
      std::fill_n(used.begin() + static_cast<std::ptrdiff_t>(run.field), run.size, true);
      beside[run.context] = beside[run.context + run.size] = true;
      convincing_ = true;
    };
    while (const auto run = LongestRun(field, used, shortest, [](const CommonRun&) { return true; })) {
      take(*run);
    }
    while (const auto run = LongestRun(field, used, 1, [&](const CommonRun& one) {
             return beside[one.context] || beside[one.context + one.size];
           })) {
      take(*run);
    }
  }

  size_t found() const { return static_cast<size_t>(std::ranges::count(found_, true)); }
  bool convincing() const { return convincing_ || 2 * found() >= region_.size(); }

  const Words& words() const { return words_; }
  bool IsFound(size_t word) const { return found_[word]; }
  /// Whether the text before a word has the word's origin: both neighbours are of one run.
  bool IsJoined(size_t word) const { return joined_[word]; }

 private:
  struct CommonRun {
    size_t field = 0, context = 0, size = 0;
  };

  size_t Common(const Words& field, size_t of_field, size_t of_context) const {
    size_t size = 0;
    while (of_field + size < field.size() && of_context + size < region_.end && !found_[of_context + size] &&
           field[of_field + size].id == words_[of_context + size].id) {
      ++size;
    }
    return size;
  }

  template <class Accepts>
  std::optional<CommonRun> LongestRun(const Words& field, const std::vector<bool>& used, size_t shortest,
                                      const Accepts& accepts) const {
    CommonRun best{.size = shortest - 1};
    for (size_t start = 0; start < field.size(); ++start) {
      const auto stop = std::find(used.begin() + static_cast<std::ptrdiff_t>(start), used.end(), true);
      const auto most = static_cast<size_t>(stop - used.begin()) - start;
      for (const size_t place : PlacesOf(field[start].id)) {
        const CommonRun run = {start, place, std::min(most, Common(field, start, place))};
        const bool better =
            run.size > best.size || (run.size == best.size && best.size >= shortest && place > best.context);
        if (better && accepts(run)) {
          best = run;
        }
      }
    }
    return best.size >= shortest ? std::optional(best) : std::nullopt;
  }

  /// Where the region has a word.
  const std::vector<size_t>& PlacesOf(int id) const {
    if (places_.empty()) {
      for (size_t i = region_.begin; i < region_.end; ++i) {
        places_[words_[i].id].push_back(i);
      }
    }
    static const std::vector<size_t> kNowhere;
    const auto places = places_.find(id);
    return places == places_.end() ? kNowhere : places->second;
  }

  void Take(size_t begin, size_t size) {
    for (size_t i = begin; i < begin + size; ++i) {
      found_[i] = true;
      joined_[i] = i > begin;
    }
  }

  Words words_;
  Run region_;
  std::vector<bool> found_, joined_;
  bool convincing_ = false;
  mutable std::map<int, std::vector<size_t>> places_;
};

/// The last place of a text among the words.
std::optional<Run> PlaceOf(const Words& text, const Words& words) {
  for (size_t begin = words.size() - std::min(words.size(), text.size()) + 1; begin-- > 0;) {
    const auto rest = std::span(words).subspan(begin);
    if (!text.empty() && rest.size() >= text.size() &&
        std::ranges::equal(text, rest.first(text.size()), {}, &Word::id, &Word::id)) {
      return Run{begin, begin + text.size()};
    }
  }
  return std::nullopt;
}

bool IsSpace(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

/// Gives words their origins; white space between words of different runs stays unknown.
std::vector<TextOrigin> ByBytes(std::string_view text, const Context& context,
                                const std::vector<TextOrigin>& origins) {
  std::vector<TextOrigin> bytes(text.size(), TextOrigin::kUnknown);
  const Words& words = context.words();
  for (size_t i = 0; i < words.size(); ++i) {
    const size_t low = i == 0 ? 0 : words[i - 1].end;
    const size_t high = i + 1 == words.size() ? text.size() : words[i + 1].begin;
    size_t begin = words[i].begin, end = words[i].end;
    while (begin > low && (context.IsJoined(i) || !IsSpace(text[begin - 1]))) {
      --begin;
    }
    while (end < high && !IsSpace(text[end])) {
      ++end;
    }
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
              bytes.begin() + static_cast<std::ptrdiff_t>(end), origins[i]);
  }
  return bytes;
}

}  // namespace

std::vector<TextOrigin> OriginsOf(std::string_view context, const Json& record) {
  if (FindInvalidUtf8(context) != std::string_view::npos) {
    return std::vector<TextOrigin>(context.size(), TextOrigin::kUnknown);
  }
  WordNumbers numbers;
  Words words = numbers.Split(context);
  std::optional<Run> query;
  if (record.is_object() && record.contains(kQuery) && record[kQuery].is_string()) {
    query = PlaceOf(numbers.Split(record[kQuery].get<std::string>()), words);
  }
  const Run region = query.value_or(Run{0, words.size()});
  std::vector<Words> fields;
  AddFields(record, numbers, fields);
  std::ranges::stable_sort(fields, std::ranges::greater(), &Words::size);
  Context compared(std::move(words), region);
  std::erase_if(fields, [&](const Words& field) { return field.size() > 1 && compared.TakeWhole(field); });
  for (const Words& field : fields) {
    field.size() > 1 ? compared.TakeRuns(field) : void(compared.TakeWhole(field));
  }
  const bool known = query ? 2 * compared.found() >= region.size() : compared.convincing();
  std::vector<TextOrigin> origins(compared.words().size());
  for (size_t i = 0; i < origins.size(); ++i) {
    const bool outside = i < region.begin || i >= region.end;  // solved examples before "query"
    origins[i] = known && compared.IsFound(i) ? TextOrigin::kRecord
                 : known || outside           ? TextOrigin::kPrompt
                                              : TextOrigin::kUnknown;
  }
  return ByBytes(context, compared, origins);
}

}  // namespace vffn
