#include "reports/comparison/task_clusters.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

#include "tasks/task.h"

namespace vffn {
namespace {

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
  TaskClusters clusters;
  if (task == "sciq") {
    clusters.rule = "same supporting text";
    clusters.ids = GroupBy(docs, [](const Doc& doc) {
      const std::string& support = doc.String("support");
      return IsBlank(support) ? "" : support;
    });
  } else if (task == "boolq") {
    clusters.rule = "same passage";
    clusters.ids = GroupBy(docs, [](const Doc& doc) { return doc.String("passage"); });
  } else if (task == "social_iqa") {
    clusters.rule = "same context";
    clusters.ids = GroupBy(docs, [](const Doc& doc) { return doc.String("context"); });
  } else if (task == "winogrande") {
    clusters.rule = "twin sentences";
    clusters.ids = WinoGrandeTwins(docs);
  } else if (task == "hellaswag") {
    clusters.rule = "same video or article (source_id)";
    clusters.ids = GroupBy(docs, [](const Doc& doc) { return doc.String("source_id"); });
  } else {
    return std::nullopt;
  }
  clusters.count = CountOf(clusters.ids);
  return clusters;
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
