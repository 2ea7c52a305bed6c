// Tasks that OLMES asks in two forms, of which the better one is the score (arXiv 2406.08446).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eval/profiles.h"

namespace vffn {

enum class Form {
  kCloze,    ///< the text of every choice is scored: "piqa/rc_5shot"
  kLetters,  ///< the prompt lists the choices, and their letters are scored: "piqa/mc_5shot"
};

std::string_view NameOf(Form form);  ///< "rc", "mc": oe-eval's names

/// A task name of one form.
struct FormName {
  std::string task;  ///< "piqa"
  Form form = Form::kCloze;
};

/// The task of a request file that OLMES scores, and its form; nothing for other names.
std::optional<FormName> FormOf(std::string_view task);

/// The name of a task's request file in that form: with five solved examples, of the split that OLMES scores
/// ("arc_challenge/test_rc_5shot", "piqa/rc_5shot").
std::string FileOf(std::string_view task, Form form);

/// Places in a list of task names.
struct FormPair {
  std::string task;
  size_t cloze = 0, letters = 0;

  size_t PlaceOf(Form form) const { return form == Form::kCloze ? cloze : letters; }
};

/// The tasks that are in the list in both forms, in the order of the list; none if the profile counts forms
/// by themselves.
std::vector<FormPair> PairForms(const Profile& profile, std::span<const std::string> tasks);

/// The form whose score is higher; the cloze form if they are equal.
inline Form BetterForm(double cloze, double letters) {
  return letters > cloze ? Form::kLetters : Form::kCloze;
}

}  // namespace vffn
