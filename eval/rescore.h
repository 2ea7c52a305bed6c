// Scores from a ledger alone, without the model.
#pragma once

#include "eval/ledger.h"
#include "eval/results.h"

namespace vffn {

/// The results of every doc of a ledger under a profile that scores the same tokens; without tasks of which
/// no doc is scored yet. Throws Error, naming profile and ledger, if the profile has another rendering or
/// encoding than the ledger, and if no doc is scored.
Results Rescore(const LedgerContents& ledger, const Profile& profile,
                const CalibrationOptions& calibration = {});

}  // namespace vffn
