// A trace and the ledger of the same run.
#pragma once

#include <filesystem>
#include <string>

#include "analysis/difficulty.h"
#include "analysis/tokens.h"
#include "eval/ledger.h"
#include "trace/trace_header.h"

namespace vffn {

/// Throws Error, beginning with `origin` (the ledger's) and naming every field that differs, if ledger and
/// trace are of different runs.
void CheckSameRun(const RunIdentity& ledger, const RunIdentity& trace, const std::string& origin);

/// Whether each doc of a ledger was answered correctly, by the primary accuracy of a profile (empty: the
/// trace's profile). Throws Error as CheckSameRun, and if the ledger holds other tokens than the profile's.
Correctness CorrectnessOf(const LedgerContents& ledger, const TraceHeader& trace, const std::string& profile);

/// As CorrectnessOf, from a file.
Correctness ReadCorrectness(const std::filesystem::path& ledger, const TraceHeader& trace,
                            const std::string& profile);

/// How hard each doc of a ledger was: whether it was answered correctly, as in CorrectnessOf, and the bits
/// per byte of its right answer. Throws Error as CorrectnessOf.
Difficulties DifficultiesOf(const LedgerContents& ledger, const TraceHeader& trace,
                            const std::string& profile);

/// Throws Error, naming the fields, unless the two are traces of one model that differ in FFN options alone.
void CheckIsControl(const TraceHeader& real, const std::string& real_origin, const TraceHeader& control,
                    const std::string& control_origin);

}  // namespace vffn
