#include "runs/tasks/task_list.h"

#include <fnmatch.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <set>

#include "base/error.h"
#include "base/near_names.h"
#include "tasks/yaml/task_collection.h"

namespace vffn {
namespace {

constexpr std::string_view kRequestFile = "oe:";
constexpr std::string_view kTaskFile = "yaml:";

constexpr std::string_view kLossGroup = "bpb";

std::vector<std::string> SplitAt(std::string_view text, std::string_view separators) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find_first_of(separators, begin), text.size());
    if (end > begin) {
      words.emplace_back(text.substr(begin, end - begin));
    }
    begin = end + 1;
  }
  return words;
}

/// The words of a list separated by commas or blanks; the name of a request file may have blanks.
std::vector<std::string> WordsOf(const std::string& list) {
  constexpr std::string_view kBlanks = " \t\n";
  std::vector<std::string> words;
  for (const std::string& part : SplitAt(list, ",")) {
    const size_t begin = std::min(part.find_first_not_of(kBlanks), part.size());
    const std::string trimmed = part.substr(begin, part.find_last_not_of(kBlanks) + 1 - begin);
    if (trimmed.starts_with(kRequestFile)) {
      words.push_back(trimmed);
    } else {
      std::ranges::move(SplitAt(trimmed, kBlanks), std::back_inserter(words));
    }
  }
  return words;
}

bool Has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// `word` without ":bpb"; nothing if it does not end with it.
std::optional<std::string> WithoutSuffix(const std::string& word) {
  return word.ends_with(kRightAnswers) ? std::optional(word.substr(0, word.size() - kRightAnswers.size()))
                                       : std::nullopt;
}

CatalogueTask RightAnswersOnly(const CatalogueTask& task, const std::string& word) {
  VFFN_CHECK(task.kind == TaskKind::kRequestFile, word,
             ": only request files have a form with the right answers alone; ", task.name,
             " is none, and its bits per byte are among its metrics");
  const bool already = task.docs && !task.chance;
  return already ? task : RightAnswersOf(task);
}

bool IsTaskFile(const std::string& word) { return word.ends_with(".yaml") || word.ends_with(".yml"); }

bool HasName(const CatalogueTask& task, std::string_view name) {
  return task.name == name || Has(task.aliases, name) || Has(task.labels, name) ||
         Has(task.bpb_labels, name) || Has(task.groups, name);
}

/// A ledger names its tasks: that of a file must not be taken for a benchmark.
CatalogueTask OfTaskFile(const YamlEntry& entry, std::span<const CatalogueTask> catalogue) {
  const bool taken = std::ranges::any_of(catalogue, [&](const CatalogueTask& task) {
    return task.kind != TaskKind::kTaskFile && HasName(task, entry.name);
  });
  return {.name = (taken ? std::string(kTaskFile) : "") + entry.name,
          .kind = TaskKind::kTaskFile,
          .place = entry.file.string(),
          .groups = entry.groups};
}

/// Selects tasks of a catalogue word by word.
class Selection {
 public:
  explicit Selection(std::span<const CatalogueTask> catalogue) : catalogue_(catalogue) {}

  void AddWord(const std::string& word) {
    if (word.starts_with(kRequestFile)) {
      AddNamed(RequestFile(word));
    } else if (IsTaskFile(word)) {
      AddTaskFile(word);
    } else if (const auto task = FindTask(word)) {
      AddNamed(*task);
    } else if (std::vector<CatalogueTask> members = Group(word); !members.empty()) {
      AddSeveral(members);
    } else if (word.find_first_of("*?[") != std::string::npos) {
      AddSeveral(ThatFit(word));
    } else {
      FailUnknown(word);
    }
  }

  std::vector<CatalogueTask> Finish() { return std::move(selected_); }

 private:
  std::optional<CatalogueTask> FindTask(const std::string& word) const {
    for (const CatalogueTask& task : catalogue_) {
      if (task.name == word || Has(task.aliases, word) || Has(task.labels, word)) {
        return task;
      }
      if (Has(task.bpb_labels, word)) {
        return RightAnswersOf(task);
      }
    }
    if (const auto base = WithoutSuffix(word)) {
      if (const auto task = FindTask(*base)) {
        return RightAnswersOnly(*task, word);
      }
    }
    return std::nullopt;
  }

  /// A file of the catalogue, or one that nothing is known of.
  CatalogueTask RequestFile(const std::string& word) const {
    const std::string name = word.substr(kRequestFile.size());
    if (const auto task = FindTask(name); task && task->kind == TaskKind::kRequestFile) {
      return *task;
    }
    const auto base = WithoutSuffix(name);
    CatalogueTask file{.name = std::string(kRequestFile) + base.value_or(name),
                       .kind = TaskKind::kRequestFile,
                       .place = base.value_or(name)};
    return base ? RightAnswersOf(file) : file;
  }

  std::vector<CatalogueTask> Group(const std::string& word) const {
    std::vector<CatalogueTask> members;
    for (const CatalogueTask& task : catalogue_) {
      if (Has(task.groups, word)) {
        members.push_back(task);
      } else if (word == kLossGroup && !task.bpb_labels.empty()) {
        members.push_back(RightAnswersOf(task));
      }
    }
    return members;
  }

  std::vector<CatalogueTask> ThatFit(const std::string& pattern) const {
    const std::string base = WithoutSuffix(pattern).value_or(pattern);
    const auto fits = [&](const std::string& name) {
      return fnmatch(base.c_str(), name.c_str(), FNM_PATHNAME) == 0;
    };
    std::vector<CatalogueTask> by_name, by_label;
    for (const CatalogueTask& task : catalogue_) {
      if (fits(task.name) || std::ranges::any_of(task.aliases, fits)) {
        by_name.push_back(task);
      } else if (std::ranges::any_of(task.labels, fits)) {
        by_label.push_back(task);
      } else if (std::ranges::any_of(task.bpb_labels, fits)) {
        by_label.push_back(RightAnswersOf(task));
      }
    }
    std::vector<CatalogueTask>& fitting = by_name.empty() ? by_label : by_name;
    VFFN_CHECK(!fitting.empty(), "no task fits \"", pattern, "\"; 'vffn tasks --all' lists them");
    if (base != pattern) {
      std::ranges::transform(fitting, fitting.begin(),
                             [&](const CatalogueTask& task) { return RightAnswersOnly(task, pattern); });
    }
    return std::move(fitting);
  }

  void AddTaskFile(const std::string& path) {
    const std::vector<YamlEntry> entries = YamlTasksOf(path);
    for (const YamlEntry& entry : entries) {
      CatalogueTask task = OfTaskFile(entry, catalogue_);
      entries.size() == 1 ? AddNamed(std::move(task)) : AddSeveral({std::move(task)});
    }
  }

  void AddNamed(CatalogueTask task) {
    const bool is_new = Add(std::move(task));
    VFFN_CHECK(is_new || !named_.contains(selected_.at(last_).name), "task ", selected_.at(last_).name,
               " is named twice");
    named_.insert(selected_.at(last_).name);
  }

  void AddSeveral(const std::vector<CatalogueTask>& tasks) {
    for (const CatalogueTask& task : tasks) {
      Add(task);
    }
  }

  /// Whether it was not there; it is number last_ then.
  bool Add(CatalogueTask task) {
    const auto place = std::ranges::find(selected_, task.name, &CatalogueTask::name);
    last_ = static_cast<size_t>(place - selected_.begin());
    const bool is_new = place == selected_.end();
    if (is_new) {
      selected_.push_back(std::move(task));
    }
    return is_new;
  }

  [[noreturn]] void FailUnknown(const std::string& word) const {
    std::vector<std::string> names = GroupNames(catalogue_);
    for (const CatalogueTask& task : catalogue_) {
      names.push_back(task.name);
      for (const auto& others : {task.aliases, task.labels, task.bpb_labels}) {
        names.insert(names.end(), others.begin(), others.end());
      }
    }
    const std::string likely = DidYouMean(word, names);
    Fail("there is no task \"", word, "\"", likely, likely.empty() ? "; " : " ",
         "'vffn tasks --all' lists the names");
  }

  std::span<const CatalogueTask> catalogue_;
  std::vector<CatalogueTask> selected_;
  std::set<std::string> named_;  // by a word of their own
  size_t last_ = 0;
};

}  // namespace

std::vector<std::string> GroupNames(std::span<const CatalogueTask> catalogue) {
  std::vector<std::string> names = {"all"};
  std::set<std::string> others;
  for (const CatalogueTask& task : catalogue) {
    others.insert(task.groups.begin(), task.groups.end());
  }
  others.erase("all");
  names.insert(names.end(), others.begin(), others.end());
  return names;
}

std::vector<CatalogueTask> WithTaskFiles(std::vector<CatalogueTask> catalogue,
                                         const std::filesystem::path& folder) {
  YamlCollection collection = FindYamlTasks(folder);
  if (!collection.problems.empty()) {
    std::cerr << "vffn: note: " << collection.problems.size() << " files in " << folder.string()
              << " are left out; the first: " << collection.problems.front() << '\n';
  }
  std::vector<CatalogueTask> tasks;
  for (const YamlEntry& entry : collection.tasks) {
    tasks.push_back(OfTaskFile(entry, catalogue));
  }
  std::ranges::move(catalogue, std::back_inserter(tasks));
  return tasks;
}

std::vector<CatalogueTask> SelectTasks(std::span<const CatalogueTask> catalogue, const std::string& list) {
  Selection selection(catalogue);
  for (const std::string& word : WordsOf(list)) {
    selection.AddWord(word);
  }
  std::vector<CatalogueTask> tasks = selection.Finish();
  VFFN_CHECK(!tasks.empty(), "no task is named: --tasks piqa,arc_easy or --tasks all");
  return tasks;
}

}  // namespace vffn
