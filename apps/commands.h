// The subcommands. Each adds its options to the program and runs when it is chosen.
#pragma once

#include <CLI/CLI.hpp>

namespace vffn {

void AddAnalyzeCommand(CLI::App& app);
void AddAuditCommand(CLI::App& app);
void AddCompareCommand(CLI::App& app);
void AddConvertCommand(CLI::App& app, int& exit_code);  ///< sets 130 when interrupted
void AddEvalCommand(CLI::App& app, int& exit_code);     ///< sets 130 when interrupted
void AddFlopsCommand(CLI::App& app);
void AddLogitsCommand(CLI::App& app);
void AddReportCommand(CLI::App& app);
void AddReproduceCommand(CLI::App& app, int& exit_code);  ///< sets 130 when interrupted
void AddRescoreCommand(CLI::App& app);
void AddTasksCommand(CLI::App& app);
void AddTokenizeCommand(CLI::App& app);
void AddTokensCommand(CLI::App& app, int& exit_code);  ///< sets 130 when interrupted

}  // namespace vffn
