// vffn: from checkpoints to tables. Each command has a file of its own; errors are caught here and nowhere
// else.
#include <malloc.h>
#include <signal.h>

#include <exception>
#include <iostream>

#include "apps/command_line/command_line.h"
#include "apps/commands/commands.h"
#include "apps/options/harness_options.h"
#include "apps/utf8_output.h"
#include "apps/version.h"
#include "base/error.h"
#include "base/interrupted.h"

namespace {

void AddCommands(vffn::Command& program) {
  program.BeginCommands("Commands that score a model");
  vffn::AddEvalCommand(program);
  vffn::AddLossCommand(program);
  vffn::AddRescoreCommand(program);
  vffn::AddMergeCommand(program);
  program.BeginCommands("Commands that compare and report");
  vffn::AddCompareCommand(program);
  vffn::AddReportCommand(program);
  vffn::AddBrowseCommand(program);
  vffn::AddReproduceCommand(program);
  vffn::AddFigureCommand(program);
  vffn::AddAuditCommand(program);
  program.BeginCommands("Commands that analyse");
  vffn::AddAnalyzeCommand(program);
  vffn::AddFlopsCommand(program);
  program.BeginCommands("Commands for tasks, models and tokenizers");
  vffn::AddTasksCommand(program);
  vffn::AddModelsCommand(program);
  vffn::AddConvertCommand(program);
  vffn::AddInitCommand(program);
  vffn::AddTokenizeCommand(program);
  vffn::AddLogitsCommand(program);
  program.BeginCommands("Commands that train");
  vffn::AddTokensCommand(program);
  vffn::AddTrainCommand(program);
  vffn::AddCommandHints(program);
}

}  // namespace

int main(int argc, char** argv) {
  // Activations are megabytes that come and go: keep them in the heap instead of mapping them anew each time.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);

  // When a file reaches the size limit, the write fails with an error instead of ending the process.
  signal(SIGXFSZ, SIG_IGN);

  const vffn::Utf8Output output(std::cout), errors(std::cerr);
  try {
    vffn::CommandLine command_line(
        "vffn",
        "vffn scores and analyses language models that spend a different amount of computation on each "
        "token: VersatileFFN and k-Loop models, beside dense and mixture-of-experts (MoE) models.",
        vffn::VersionText);
    AddCommands(command_line.root());
    command_line.root().AddExample("vffn eval --model model.gguf --tasks piqa,arc_easy --limit 100");
    command_line.root().AddExample("vffn compare output/base output/versatile");
    command_line.root().AddExample("vffn help eval");
    const int exit_code = command_line.Run(argc, argv);
    VFFN_CHECK(std::cout.flush(), "standard output: not everything could be written");
    return exit_code;
  } catch (const vffn::Interrupted& interrupted) {
    std::cerr << "vffn: " << interrupted.what() << '\n';
    return 130;
  } catch (const std::exception& error) {
    std::cerr << "vffn: " << error.what() << '\n';
    return 1;
  }
}
