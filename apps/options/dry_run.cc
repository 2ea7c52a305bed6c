#include "apps/options/dry_run.h"

#include <cstdio>
#include <iostream>
#include <iterator>

#include "apps/options/printed_tables.h"
#include "reports/tables/table_text.h"

namespace vffn {
namespace {

Row RowOf(const TaskForecast& task) {
  return MakeRow("task", task.name, "docs", task.docs, "requests", task.requests, "done", task.done, "tokens",
                 task.tokens);
}

/// "1.2 TFLOPs", with a unit of thousands.
std::string FlopsText(double flops) {
  const char* units[] = {"FLOPs", "kFLOPs", "MFLOPs", "GFLOPs", "TFLOPs", "PFLOPs", "EFLOPs"};
  size_t unit = 0;
  for (; flops >= 1000 && unit + 1 < std::size(units); ++unit) {
    flops /= 1000;
  }
  char text[60];
  std::snprintf(text, sizeof text, "%.3g %s", flops, units[unit]);
  return text;
}

}  // namespace

void AddDryRunOption(bool& dry_run, Command& command) {
  command.Add(
      "--dry-run,--dry_run", &dry_run,
      "Check everything and print what would be done: docs, requests, tokens, what is there already, and "
      "the files. Writes nothing. The exit code is 1 if something is wrong.");
}

Option& AddOverwriteOption(bool& overwrite, const std::string& what, Command& command) {
  return command.Add("--overwrite", &overwrite,
                     "Replace " + what +
                         " in --output: remove the files that vffn wrote there, and no others, and "
                         "begin anew.");
}

void PrintForecast(const RunForecast& forecast, const std::string& docs, const std::string& requests,
                   const std::string& format) {
  const Style grouped{.grouped = true};
  Table table({{"task", "task"},
               {"docs", docs, grouped},
               {"requests", requests, grouped},
               {"done", "done before", grouped},
               {"tokens", "tokens to read", grouped}});
  TaskForecast all{.name = "all"};
  for (const TaskForecast& task : forecast.tasks) {
    table.AddRow(RowOf(task));
    all.docs += task.docs;
    all.requests += task.requests;
    all.done += task.done;
    all.tokens += task.tokens;
  }
  if (forecast.tasks.size() > 1) {
    table.AddRule();
    table.AddRow(RowOf(all));
  }
  std::cout << TablesText({{table}}, format) << std::flush;
  std::ostream& remarks = Remarks(format);
  remarks << (all.done == all.docs ? "all " + docs + " are done; nothing is left to score\n"
                                   : "about " + FlopsText(forecast.flops) + "\n");
  for (const auto& path : forecast.removed) {
    remarks << "would remove " << path.string() << '\n';
  }
  for (const auto& path : forecast.files) {
    remarks << "would write " << path.string() << '\n';
  }
  remarks << std::flush;
}

std::string DryRunEnd(const Shard& shard) {
  const std::string end = "dry run: nothing is wrong, and nothing was written\n";
  return shard.whole() ? end
                       : "this is the work of all " + std::to_string(shard.count) +
                             " processes together; this one is " + ToString(shard) + "\n" + end;
}

}  // namespace vffn
