// The first line of the files that `vffn loss` writes: what their numbers depend on.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/append_file.h"
#include "base/json_fwd.h"
#include "eval/ledger.h"
#include "eval/loss_window.h"
#include "trace/run_identity.h"

namespace vffn {

struct LossHeader {
  RunIdentity identity;         ///< of model, tokenizer and computation; without rendering and encoding
  LossWindow window;            ///< in which the text was read
  std::string text_sha256;      ///< of the text or token files, and of how documents are read from them
  std::string program_version;  ///< of the program that began the file
  std::string model;            ///< path, for people
  bool untrained = false;       ///< the model was not trained as it is (provenance.h)
};

/// `kind` is the first field, which says what file it is; its value is the version of the format.
OrderedJson ToJson(const LossHeader& header, const char* kind);

/// The inverse. Files of version 1 have no window: theirs are disjoint. Throws Error, beginning with
/// `origin`, if the file is of another kind or a newer version.
LossHeader ParseLossHeader(const Json& row, const char* kind, const std::string& origin);

/// A field of two headers, "window.length", with both values.
struct LossHeaderDifference {
  std::string field, a, b;
};

/// What two files differ in besides program and path of the model. Losses may be joined if it is empty.
std::vector<LossHeaderDifference> DifferencesOf(const LossHeader& a, const LossHeader& b);

/// Bytes of a file's text up to and with the last newline: a row without one is incomplete.
size_t WholeRows(std::string_view text);

/// The beginning of the profile that a trace of losses names.
inline constexpr const char* kTraceOfLosses = "loss: ";

/// Whether a file has a row after its header: one without counts as absent, as a ledger without docs does.
/// False if there is no file.
bool HasLosses(const std::filesystem::path& path);

/// Throws Error if a run with that header may not write to the file: it is locked, is of another kind, or has
/// rows and is not to be replaced and not to be resumed, or is of another run. The last two name every
/// setting that differs, with both values, and what to do. Changes nothing.
void CheckLossFile(const std::filesystem::path& path, const LossHeader& header, const char* kind,
                   LedgerMode mode);

/// CheckLossFile; then cuts an incomplete last row, or begins the file anew if it has no rows or is replaced.
/// Returns the rows to go on with, the header first; empty if the file was begun anew.
std::string BeginLossFile(AppendFile& file, const LossHeader& header, const char* kind, LedgerMode mode);

}  // namespace vffn
