#include "reports/comparison/task_clusters.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

#include "tasks/task.h"

namespace vffn {
namespace {

struct ClusterRule {
  std::string_view task, field, words;
  std::string_view other_field = {};  ///< that serves as well
};

constexpr std::array<ClusterRule, 5> kRules = {
    {{"sciq", "support", "same supporting text"},
     {"boolq", "passage", "same passage"},
     {"social_iqa", "context", "same context"},
     {"winogrande", "sentence", "twin sentences", "qID"},
     {"hellaswag", "source_id", "same video or article (source_id)"}}};

const ClusterRule* RuleOf(std::string_view task) {
  const auto rule = std::ranges::find(kRules, task, &ClusterRule::task);
  return rule == kRules.end() ? nullptr : &*rule;
}

/// Docs with equal keys; one with an empty key is alone.
std::vector<int64_t> GroupByKey(const std::vector<std::string>& keys) {
  std::map<std::string, int64_t> first;
  std::vector<int64_t> ids;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto id = static_cast<int64_t>(i);
    ids.push_back(keys[i].empty() ? id : first.try_emplace(keys[i], id).first->second);
  }
  return ids;
}

template <class Key>
std::vector<int64_t> GroupBy(std::span<const Doc> docs, Key&& key) {
  std::vector<std::string> keys;
  for (const Doc& doc : docs) {
    keys.push_back(key(doc));
  }
  return GroupByKey(keys);
}

bool IsBlank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

std::multiset<std::string> WordsOf(const std::string& sentence) {
  std::istringstream stream(sentence);
  std::multiset<std::string> words;
  for (std::string word; stream >> word;) {
    words.insert(word);
  }
  return words;
}

/// Twins differ in a word or two; other sentences about the same two options share "the", "_" and little
/// else. Of the 584 pairs with the same options in the validation set, 284 share 75 % of their words or more
/// (Dice's coefficient), 300 share 55 % or less, and none is between.
bool AreTwins(const std::multiset<std::string>& a, const std::multiset<std::string>& b) {
  std::vector<std::string> common;
  std::ranges::set_intersection(a, b, std::back_inserter(common));
  return 2.0 * static_cast<double>(common.size()) > 0.65 * static_cast<double>(a.size() + b.size());
}

std::vector<int64_t> TwinsByWords(std::span<const Doc> docs) {
  std::vector<int64_t> ids(docs.size());
  std::iota(ids.begin(), ids.end(), int64_t{0});
  std::vector<std::multiset<std::string>> words;
  std::map<std::set<std::string>, std::vector<size_t>> by_options;
  for (size_t i = 0; i < docs.size(); ++i) {
    words.push_back(WordsOf(docs[i].String("sentence")));
    by_options[{docs[i].String("option1"), docs[i].String("option2")}].push_back(i);
  }
  for (const auto& [options, members] : by_options) {
    for (size_t i = 1; i < members.size(); ++i) {
      const auto twin = std::find_if(members.begin(), members.begin() + static_cast<std::ptrdiff_t>(i),
                                     [&](size_t j) { return AreTwins(words[j], words[members[i]]); });
      ids[members[i]] = ids[*twin];  // its own if there is none before it
    }
  }
  return ids;
}

std::vector<int64_t> WinoGrandeTwins(std::span<const Doc> docs) {
  if (!docs.empty() && docs.front().fields().contains("qID")) {
    return GroupBy(docs, [](const Doc& doc) {
      const std::string& id = doc.String("qID");
      return id.substr(0, id.rfind('-'));
    });
  }
  return TwinsByWords(docs);
}

int64_t CountOf(const std::vector<int64_t>& ids) {
  return static_cast<int64_t>(std::set<int64_t>(ids.begin(), ids.end()).size());
}

}  // namespace

std::optional<TaskClusters> ClustersOf(const std::string& task, std::span<const Doc> docs) {
  const ClusterRule* rule = RuleOf(task);
  const auto has_field = [&](const Doc& doc) {
    return doc.fields().contains(rule->field) || doc.fields().contains(rule->other_field);
  };
  if (rule == nullptr || !std::ranges::all_of(docs, has_field)) {
    return std::nullopt;
  }
  TaskClusters clusters{.rule = std::string(rule->words)};
  if (task == "winogrande") {
    clusters.ids = WinoGrandeTwins(docs);
  } else {
    clusters.ids = GroupBy(docs, [&](const Doc& doc) {
      const std::string& value = doc.String(rule->field);
      return IsBlank(value) ? "" : value;
    });
  }
  clusters.count = CountOf(clusters.ids);
  return clusters;
}

std::string_view ClusterField(std::string_view task) {
  const ClusterRule* rule = RuleOf(task);
  return rule == nullptr ? "" : rule->field;
}

std::optional<TaskClusters> ClustersOfPrompts(const std::string& task, std::span<const int64_t> doc_ids) {
  const int64_t prompts = PromptsOfRecord(task);
  if (prompts == 1) {
    return std::nullopt;
  }
  TaskClusters clusters{.rule = "prompts of one question"};
  for (const int64_t id : doc_ids) {
    clusters.ids.push_back(id / prompts);
  }
  clusters.count = CountOf(clusters.ids);
  return clusters;
}

}  // namespace vffn
