#include "apps/options/shared_options.h"

#include "runs/compute_flags.h"
#include "runs/eval_trace.h"
#include "runs/folders/run_folder.h"

namespace vffn {

void AddComputeOptions(ComputeFlags& flags, Command& command) {
  command.BeginGroup("Engine");
  command
      .Add("--model_args NAME=VALUE,...", &flags.model_args,
           "Change how the model computes; the list below has the names.")
      .SeparatedByCommas()
      .Default("as the checkpoint says");
  command.Add(
      "--dtype TYPE", &flags.dtype,
      "Data type of the operands of matrix products: float32 or bfloat16. Sums, norms and softmax are "
      "float32 with both.");
  command.Add("--device DEVICE", &flags.device, "cpu, cuda or cuda:N. CUDA needs a CUDA build of LibTorch.");
  command
      .Add("--backend NAME", &flags.backend,
           "auto: vffn's own kernels on a CPU, LibTorch's operators on other devices; torch: LibTorch's "
           "operators on every device.")
      .OneOf({"auto", "torch"});
  command.Add(
      "--masked", &flags.masked,
      "Run every token for the largest loop count of its batch, as the authors' code does. The results "
      "are the same and the computation is larger.");
  command.Add(
      "--reuse_hidden", &flags.reuse_hidden,
      "Let the width branch take the hidden values that the first loop computed (VersatileFFN). The results "
      "are the same and the computation is smaller than the formula says.");
  AddModelArgsList(command);
}

void AddModelArgsList(Command& command) {
  command.AddList(
      {"Names of --model_args",
       {{"top_k=K", "Route each token to K experts (VersatileFFN, MoE). The authors' checkpoints need it."},
        {"loops=N",
         "Run N loops for every token instead of the predicted loop count (VersatileFFN, k-Loop)."},
        {"lambda=X", "Use X, from 0 to 1, as the weight of the width branch for every token (VersatileFFN)."},
        {"branches=NAME", "Run both branches, or one alone: both, width or depth (VersatileFFN)."},
        {"shuffle_loops=SEED",
         "Shuffle control: permute the predicted loop counts between the tokens of each doc (VersatileFFN)."},
        {"sample_loops=SEED",
         "Draw loop counts from the predicted distribution, as training does (VersatileFFN)."},
        {"gate=paper",
         "Take the softmax of the router over all experts, not over the top k (VersatileFFN, "
         "MoE)."},
        {"expert_slices=paper", "Place the virtual experts with the stride of Eq. 4 (VersatileFFN)."},
        {"expected_loops=paper", "Compute lambda from the expected loops of Eq. 12 (VersatileFFN)."},
        {"tau=T", "Temperature of expected_loops=paper [default: 1]"}}});
}

Option& AddTraceOptions(TraceFlags& flags, Command& command) {
  command.BeginGroup("Trace");
  Option& trace = command
                      .Add("--trace [DIR]", &flags.folder,
                           "Write a trace to this folder, or without DIR to the folder trace in --output: "
                           "loop counts, lambda and experts of every token and layer, as Parquet files. "
                           "'vffn analyze' and 'vffn figure' read it.")
                      .MayBeAlone()
                      .Default("no trace");
  Option& branches = command
                         .Add("--trace_branches", &flags.branches,
                              "Also trace the cosine similarity of the outputs of both branches. The width "
                              "branch then runs for every token, which takes longer.")
                         .Needs(trace);
  Option& features = command
                         .Add("--trace_features TASK:DOC_ID", &flags.features,
                              "Also write the outputs of both branches for these docs, for the heat map of "
                              "'vffn analyze cosine'.")
                         .SeparatedByCommas()
                         .Needs(branches)
                         .Default("none");
  command.Add("--trace_layers LAYER", &flags.layers, "Layers of --trace_features, counted from 0.")
      .SeparatedByCommas()
      .Needs(features)
      .Default("all layers");
  return trace;
}

void PlaceTrace(const Option& trace, const std::string& output, TraceFlags& flags) {
  if (trace.given() && flags.folder.empty()) {
    flags.folder = RunFolder(output).trace().string();
  }
}

Option& AddDataOption(std::string& folder, Command& command) {
  return command
      .Add("--data DIR", &folder, "Folder of the data sets: Arrow, Parquet or JSONL (docs/data.md).")
      .FromEnvironment("VFFN_DATA");
}

Option& AddWorkersOption(int& workers, std::string text, Command& command) {
  return command.Add("--workers N", &workers, std::move(text))
      .Positive()
      .FromEnvironment("VFFN_WORKERS")
      .Default("the number of cores");
}

void AddFormatOption(std::string& format, Command& command) {
  command.Add("--format NAME", &format, "Format of the tables on standard output.")
      .OneOf({"console", "markdown", "latex", "csv", "json"});
}

}  // namespace vffn
