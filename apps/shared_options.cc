#include "apps/shared_options.h"

namespace vffn {

void AddComputeOptions(ComputeFlags& flags, CLI::App& command) {
  command.add_option(
      "--model_args", flags.model_args,
      "Options of the model, name=value,...: top_k, gate, expert_slices, expected_loops, tau, loops, "
      "lambda, branches, shuffle_loops");
  command.add_option("--dtype", flags.dtype, "float32 or bfloat16")->capture_default_str();
  command.add_option("--device", flags.device, "cpu, cuda or cuda:N")->capture_default_str();
  command.add_option("--backend", flags.backend, "auto, or torch for LibTorch's operators on the CPU too")
      ->check(CLI::IsMember({"auto", "torch"}))
      ->capture_default_str();
  command.add_flag(
      "--masked", flags.masked,
      "Run every token to the largest loop count of its batch, as the release does: the same values "
      "for more work");
}

void AddTraceOptions(TraceFlags& flags, CLI::App& command) {
  CLI::Option* trace = command.add_option(
      "--trace", flags.folder,
      "Folder for a trace: loop counts, lambda and experts of every token (Parquet; see vffn analyze)");
  CLI::Option* branches =
      command.add_flag("--trace_branches", flags.branches,
                       "Trace also the cosine of both branches: the width branch then runs for every token");
  branches->needs(trace);
  CLI::Option* features = command
                              .add_option("--trace_features", flags.features,
                                          "Docs whose branch features are kept: TASK:DOC_ID,...")
                              ->delimiter(',')
                              ->needs(branches);
  command.add_option("--trace_layers", flags.layers, "Layers whose branch features are kept (default: all)")
      ->delimiter(',')
      ->needs(features);
}

}  // namespace vffn
