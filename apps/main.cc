// vffn: from checkpoints to tables. One subcommand a file; here is the one catch.
#include <malloc.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "apps/commands.h"
#include "apps/interrupt.h"
#include "apps/version.h"

int main(int argc, char** argv) {
  // Activations are megabytes that come and go: keep them in the heap instead of mapping them anew each time.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);

  // A file size limit is to be an error of the write, not the end of the process.
  signal(SIGXFSZ, SIG_IGN);

  CLI::App app("vffn: score language models that spend a different amount of computation on each token");
  app.set_version_flag("--version", vffn::ProgramVersion());
  app.require_subcommand(1);
  int exit_code = 0;
  vffn::AddAuditCommand(app);
  vffn::AddCompareCommand(app);
  vffn::AddEvalCommand(app, exit_code);
  vffn::AddAnalyzeCommand(app);
  vffn::AddRescoreCommand(app);
  vffn::AddReportCommand(app);
  vffn::AddReproduceCommand(app, exit_code);
  vffn::AddFlopsCommand(app);
  vffn::AddConvertCommand(app, exit_code);
  vffn::AddLogitsCommand(app);
  vffn::AddTokenizeCommand(app);
  vffn::AddTokensCommand(app, exit_code);
  vffn::AddTasksCommand(app);
  try {
    app.parse(argc, argv);
    return exit_code;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "vffn: " << error.what() << '\n';
    return 1;
  }
}
