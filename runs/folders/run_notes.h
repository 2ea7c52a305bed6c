// Notes about a run that its results do not hold, kept beside them in run.json: written by `vffn reproduce`,
// or by hand.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_fwd.h"

namespace vffn {

struct RunNotes {
  std::optional<std::string> name;  ///< of the model, in tables and figures
  std::optional<std::string> row;   ///< of the paper's tables ("354M/4-Loop")
  std::optional<double> loss;       ///< of training, nats a token
  bool paper_text = false;          ///< the text of the losses is of the corpus that the paper trained on
  bool untrained = false;           ///< an untrained model (for example, freshly upcycled)

  bool operator==(const RunNotes&) const = default;
};

/// The name, in a field "loss_text", of text from the corpus that the paper trained on.
inline constexpr std::string_view kPaperText = "paper";

/// Whether a value of the field "loss_text" names that corpus. Throws Error, beginning with `where`, on a
/// value that does not; an empty one names none.
bool IsPaperText(const std::string& loss_text, const std::string& where);

/// {"name", "row", "loss", "loss_text", "untrained"}; absent ones are left out.
OrderedJson ToJson(const RunNotes& notes);

/// The inverse; every field may be absent. Throws Error, beginning with `origin`, on an unknown field,
/// another type, or a negative loss.
RunNotes ParseRunNotes(const Json& json, const std::string& origin);

/// The notes in a file; none if there is no such file. Throws Error naming the file.
RunNotes ReadRunNotes(const std::filesystem::path& path);

void WriteRunNotes(const std::filesystem::path& path, const RunNotes& notes);

}  // namespace vffn
