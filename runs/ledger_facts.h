// What the header of a ledger tells of its run besides the identity, so that an interrupted run, which has no
// results, can be reported.
#pragma once

#include <string>

#include "eval/ledger_row.h"
#include "runs/scores/results_file.h"

namespace vffn {

struct LedgerFacts {
  std::string model_name;  ///< path of the model as given
  std::string profile;     ///< of the process that began the ledger; empty in ledgers of older programs
  RunInfo info;            ///< format, configuration, untrained, device and program alone
};

/// For LedgerHeader::provenance.
OrderedJson ProvenanceJson(const std::string& model_name, const std::string& profile, const RunInfo& info);

/// The inverse; what an older program did not write is empty. Throws Error, beginning with `origin`, on a
/// field of another type.
LedgerFacts FactsOfLedger(const LedgerHeader& header, const std::string& origin);

}  // namespace vffn
