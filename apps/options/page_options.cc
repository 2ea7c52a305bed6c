#include "apps/options/page_options.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "apps/options/shared_options.h"
#include "apps/version.h"
#include "base/error.h"

namespace vffn {

void AddPageOptions(PageFlags& flags, Command& command) {
  command.BeginGroup("Page");
  Option& title =
      command.Add("--title TEXT", &flags.title, "Title of the page.").Default("the names of the runs");
  Option& models = command
                       .Add("--page_models NAME", &flags.models,
                            "Names of one or two runs, as in the tables, whose questions the page shows "
                            "token by token. With "
                            "two, each also has a page of its own.")
                       .SeparatedByCommas()
                       .Default("the first two");
  Option& questions =
      command.Add("--page_questions N", &flags.questions, "Questions on a page, at most.").Positive();
  Option& tokenizers =
      command
          .Add("--tokenizer PATH", &flags.tokenizers,
               "Tokenizers, for runs whose tokenizer is not where it was: tokenizer.json, a folder or a GGUF "
               "file. Each run takes the one with its SHA-256.")
          .SeparatedByCommas()
          .Default("those that the runs were made with");
  flags.options = {&title, &models, &questions, &tokenizers, &AddDataOption(flags.data, command)};
}

bool PageFlags::given() const {
  return std::ranges::any_of(options, [](const Option* option) { return option->given(); });
}

void CheckIsFolder(const std::string& output, const std::string& instead) {
  constexpr std::array kFiles = {".tex", ".md", ".csv", ".json", ".txt", ".html", ".pdf"};
  const std::filesystem::path path = output;
  const bool is_file = std::filesystem::exists(path)
                           ? !std::filesystem::is_directory(path)
                           : std::ranges::find(kFiles, path.extension().string()) != kFiles.end();
  VFFN_CHECK(!is_file, "--output ", output, ": give a folder, for tables, figures and a page; ", instead);
}

RunReportOptions PageOptionsOf(const PageFlags& flags) {
  RunReportOptions options{.title = flags.title,
                           .subtitle = "vffn " + ProgramVersion(),
                           .inputs = {.tokenizers = {flags.tokenizers.begin(), flags.tokenizers.end()}},
                           .browsed = flags.models,
                           .questions = flags.questions};
  if (std::filesystem::is_directory(flags.data)) {
    options.inputs.data = flags.data;
  }
  return options;
}

}  // namespace vffn
