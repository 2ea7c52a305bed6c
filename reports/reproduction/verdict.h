// The rules by which a measured number and a published one are called the same, different, or neither.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "analysis/paired_bootstrap.h"

namespace vffn {

enum class Verdict {
  kNone,          ///< "-": nothing to compare, or not comparable
  kSame,          ///< "same"
  kDiffers,       ///< "differs"
  kCannotTell,    ///< "cannot tell at this n"
  kIncomparable,  ///< "incomparable": both numbers exist and are not of the same thing
};

std::string_view NameOf(Verdict verdict);
/// One character for a table's cell: "=", "!", "?", "~" or nothing.
std::string_view MarkOf(Verdict verdict);

/// A share of right answers.
struct Proportion {
  double value = 0;  ///< in [0, 1]
  int64_t questions = 0;
};

/// An estimate and its error.
struct Mean {
  double value = 0;
  double standard_error = 0;
  std::optional<int64_t> degrees = {};  ///< of freedom, of an error from few clusters; absent: normal
};

/// ours - published, unpaired, because the published answers are not known question by question. If both are
/// of the same questions, the interval is too wide, never too narrow.
struct Difference {
  double value = 0;
  ConfidenceInterval interval;
  double p = 1;  ///< the smallest alpha at which the (1 - alpha) interval leaves out zero
};

/// Newcombe's interval from two Wilson score intervals (Statistics in Medicine 17, 1998, method 10), which is
/// valid for few questions and for shares of 0 and 1.
Difference DifferenceOf(const Proportion& published, const Proportion& ours, double confidence);

/// The normal interval, from both standard errors; Student's where ours has degrees of freedom. Throws Error
/// if both are 0.
Difference DifferenceOf(const Mean& published, const Mean& ours, double confidence);

struct VerdictRule {
  double alpha =
      0.05;  ///< bounds the chance of one wrong "differs" among a table's tasks, averages or losses
  double margin = 0.01;       ///< differences in accuracy so small do not matter
  double loss_margin = 0.01;  ///< differences in loss so small do not matter, nats a token

  double confidence() const { return 1 - alpha; }  ///< of intervals
};

/// In this order:
///   same          ours, of every question of the split, rounds to what was printed
///   differs       adjusted_p (Holm, over the table's tasks, averages or losses) < alpha
///   same          the interval lies within -margin .. margin
///   cannot tell   otherwise
/// `margin` is in the unit of the difference.
Verdict Judge(const Difference& difference, double adjusted_p, bool equal_as_printed, double alpha,
              double margin);

}  // namespace vffn
