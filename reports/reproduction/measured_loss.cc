#include "reports/reproduction/measured_loss.h"

#include "base/error.h"
#include "reports/comparison/loss_pairing.h"
#include "runs/folders/run_names.h"

namespace vffn {
namespace {

MeasuredLoss MeasuredLossOf(const LossContents& losses, const std::filesystem::path& file,
                            const RunNotes& notes) {
  return {.file = file.string(),
          .summary = Summarise(losses.InOrder()),
          .text = TextOf(losses),
          .window = TextOf(losses.header.window),
          .dtype = losses.header.identity.dtype,
          .paper_text = notes.paper_text,
          .unfinished = static_cast<int64_t>(losses.windows.size())};
}

}  // namespace

std::optional<MeasuredLoss> ReadMeasuredLoss(const RecordedRun& run) {
  const RunIdentity& scored = run.results.run.value().identity;
  for (const std::filesystem::path& file : run.folder.LossFiles()) {
    const LossContents losses = ReadLosses(file);
    const RunIdentity& measured = losses.header.identity;
    VFFN_CHECK(measured.model_sha256 == scored.model_sha256 || file != run.folder.losses(""), file.string(),
               ": the losses are of other weights than ", run.results.origin,
               " (SHA-256 of the model); keep the runs of two models in two folders");
    if (measured.model_sha256 != scored.model_sha256 || measured.ffn != scored.ffn ||
        losses.documents.empty()) {
      continue;
    }
    return MeasuredLossOf(losses, file, run.notes);
  }
  return std::nullopt;
}

std::vector<LossRun> ReadLossRuns(const std::vector<std::filesystem::path>& files, const std::string& name) {
  std::vector<LossRun> runs;
  for (const std::filesystem::path& file : files) {
    const RunFolder folder = RunFolder::Of(file);
    const RunNotes notes = ReadRunNotes(folder.notes());
    const LossContents losses = ReadLosses(file);
    VFFN_CHECK(!losses.documents.empty(), file.string(),
               ": no document was measured; vffn loss --resume goes on");
    const std::string plain = folder.losses("").stem().string() + "_", stem = file.stem().string();
    runs.push_back({.name = stem.starts_with(plain) ? name + ", " + stem.substr(plain.size()) : name,
                    .untrained = notes.untrained || losses.header.untrained,
                    .loss = MeasuredLossOf(losses, file, notes)});
  }
  return runs;
}

std::string LossRunName(const std::filesystem::path& file) {
  return RunName(ReadRunNotes(RunFolder::Of(file).notes()), ReadLosses(file).header.model);
}

}  // namespace vffn
