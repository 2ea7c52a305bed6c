// Scores from a ledger alone, without the model.
#pragma once

#include "eval/ledger.h"
#include "eval/results.h"

namespace vffn {

/// The results of every task and doc of a ledger under any profile that scores the same tokens. Throws Error,
/// naming profile and ledger, if the profile's rendering or encoding is not the ledger's.
Results Rescore(const LedgerContents& ledger, const Profile& profile);

}  // namespace vffn
