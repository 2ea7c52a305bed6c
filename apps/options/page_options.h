// Options of commands that write a page about runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/command_line/command_line.h"
#include "reports/reproduction/run_report.h"

namespace vffn {

struct PageFlags {
  std::string title, data = ".setup/data";
  std::vector<std::string> models, tokenizers;
  int64_t questions = 1000;
  std::vector<const Option*> options = {};  ///< that set these

  bool given() const;  ///< whether one of them is on the command line
};

/// --title, --page_models, --page_questions, --tokenizer and --data.
void AddPageOptions(PageFlags& flags, Command& command);

/// Throws Error if --output names a file; `instead` says what makes one.
void CheckIsFolder(const std::string& output, const std::string& instead);

/// What these options say. A folder of data sets that does not exist is left out.
RunReportOptions PageOptionsOf(const PageFlags& flags);

}  // namespace vffn
