#include "eval/task_forms.h"

#include <algorithm>
#include <array>

namespace vffn {
namespace {

constexpr std::array<Form, 2> kForms = {Form::kCloze, Form::kLetters};

std::string FolderPart(Form form) { return "/" + std::string(NameOf(form)) + "_5shot"; }

}  // namespace

std::string_view NameOf(Form form) { return form == Form::kCloze ? "rc" : "mc"; }

std::optional<FormName> FormOf(std::string_view task) {
  for (const Form form : kForms) {
    const std::string part = FolderPart(form);
    if (task.ends_with(part) && task.size() > part.size()) {
      return FormName{std::string(task.substr(0, task.size() - part.size())), form};
    }
  }
  return std::nullopt;
}

std::string FileOf(std::string_view task, Form form) { return std::string(task) + FolderPart(form); }

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
