#include "reports/reproduction/measured_loss.h"

#include "base/error.h"
#include "reports/comparison/loss_pairing.h"

namespace vffn {

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
    return MeasuredLoss{.file = file.string(),
                        .summary = Summarise(losses.InOrder()),
                        .text = TextOf(losses),
                        .window = TextOf(losses.header.window),
                        .dtype = measured.dtype,
                        .paper_text = run.notes.paper_text,
                        .unfinished = static_cast<int64_t>(losses.windows.size())};
  }
  return std::nullopt;
}

}  // namespace vffn
