// vffn: from checkpoints to tables. Each command has a file of its own; errors are caught here and nowhere
// else.
#include <malloc.h>
#include <signal.h>

#include <exception>
#include <iostream>

#include "apps/command_line.h"
#include "apps/commands.h"
#include "apps/utf8_output.h"
#include "apps/version.h"
#include "base/interrupted.h"

namespace {

void AddCommands(vffn::Command& program) {
  vffn::AddEvalCommand(program);
  vffn::AddLossCommand(program);
  vffn::AddMergeCommand(program);
  vffn::AddRescoreCommand(program);
  vffn::AddCompareCommand(program);
  vffn::AddReportCommand(program);
  vffn::AddReproduceCommand(program);
  vffn::AddAnalyzeCommand(program);
  vffn::AddAuditCommand(program);
  vffn::AddFlopsCommand(program);
  vffn::AddConvertCommand(program);
  vffn::AddModelsCommand(program);
  vffn::AddTasksCommand(program);
  vffn::AddTokenizeCommand(program);
  vffn::AddTokensCommand(program);
  vffn::AddTrainCommand(program);
  vffn::AddLogitsCommand(program);
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
        "token: "
        "VersatileFFN and k-Loop models, beside dense and mixture-of-experts (MoE) models.",
        vffn::VersionText);
    AddCommands(command_line.root());
    command_line.root().AddExample("vffn eval --model model.gguf --tasks all --data .setup/data");
    command_line.root().AddExample("vffn eval --help");
    return command_line.Run(argc, argv);
  } catch (const vffn::Interrupted& interrupted) {
    std::cerr << "vffn: " << interrupted.what() << '\n';
    return 130;
  } catch (const std::exception& error) {
    std::cerr << "vffn: " << error.what() << '\n';
    return 1;
  }
}
