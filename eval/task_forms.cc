#include "eval/task_forms.h"

#include <algorithm>
#include <array>

namespace vffn {
namespace {

constexpr std::array<Form, 2> kForms = {Form::kCloze, Form::kLetters};

/// Of these, OLMES scores the test split; without "test_" a file has the validation split.
constexpr std::array<std::string_view, 3> kTestSplit = {"arc_challenge", "arc_easy", "openbookqa"};

}  // namespace

std::string_view NameOf(Form form) { return form == Form::kCloze ? "rc" : "mc"; }

std::optional<FormName> FormOf(std::string_view task) {
  const std::string_view folder = task.substr(0, task.find('/'));
  for (const Form form : kForms) {
    if (!folder.empty() && task == FileOf(folder, form)) {
      return FormName{std::string(folder), form};
    }
  }
  return std::nullopt;
}

std::string FileOf(std::string_view task, Form form) {
  const bool test = std::ranges::find(kTestSplit, task) != kTestSplit.end();
  return std::string(task) + (test ? "/test_" : "/") + std::string(NameOf(form)) + "_5shot";
}

std::vector<FormPair> PairForms(const Profile& profile, std::span<const std::string> tasks) {
  std::vector<FormPair> pairs;
  if (!profile.better_form) {
    return pairs;
  }
  const auto place_of = [&](const std::string& name) {
    return static_cast<size_t>(std::ranges::find(tasks, name) - tasks.begin());
  };
  for (const std::string& name : tasks) {
    const std::optional<FormName> form = FormOf(name);
    if (!form || std::ranges::find(pairs, form->task, &FormPair::task) != pairs.end()) {
      continue;
    }
    const FormPair pair{form->task, place_of(FileOf(form->task, Form::kCloze)),
                        place_of(FileOf(form->task, Form::kLetters))};
    if (pair.cloze < tasks.size() && pair.letters < tasks.size()) {
      pairs.push_back(pair);
    }
  }
  return pairs;
}

}  // namespace vffn
