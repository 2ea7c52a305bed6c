// The commands of the program. Each function adds one to its parent; the command runs when the command line
// names it.
#pragma once

#include "apps/command_line/command_line.h"

namespace vffn {

void AddAnalyzeCommand(Command& program);
void AddAuditCommand(Command& program);
void AddBrowseCommand(Command& program);
void AddCompareCommand(Command& program);
void AddConvertCommand(Command& program);
void AddEvalCommand(Command& program);
void AddFigureCommand(Command& program);
void AddFlopsCommand(Command& program);
void AddInitCommand(Command& program);
void AddLogitsCommand(Command& program);
void AddLossCommand(Command& program);
void AddMergeCommand(Command& program);
void AddModelsCommand(Command& program);
void AddReportCommand(Command& program);
void AddReproduceCommand(Command& program);
void AddRescoreCommand(Command& program);
void AddTasksCommand(Command& program);
void AddTokenizeCommand(Command& program);
void AddTokensCommand(Command& program);
void AddTrainCommand(Command& program);

}  // namespace vffn
