// Statistical power: the smallest difference that a test is likely to find.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace vffn {

struct PowerOptions {
  double alpha = 0.05;  ///< two-sided
  double power = 0.8;
};

/// How many standard errors large a difference must be: z_alpha/2 + z_power, 2.80.
double DetectableErrors(const PowerOptions& options);

/// The smallest true difference of two scores that McNemar's test finds with that power, if a share
/// `discordance` of `questions` changes its outcome: the d that solves
/// sqrt(n) d = z_alpha/2 sqrt(discordance) + z_power sqrt(discordance - d^2) (Connor, Biometrics 1987).
/// `questions` may be an effective number (n / design effect). Nothing if the discordance is too small for
/// any difference to be found. Throws Error unless 0 <= discordance <= 1 and questions > 0.
std::optional<double> DetectableDifference(double questions, double discordance, const PowerOptions& options);

/// The same for the unweighted mean over tasks of those many questions, all with one discordance:
/// (z_alpha/2 + z_power) sqrt(discordance * sum of 1 / n) / k.
double DetectableAverageDifference(std::span<const int64_t> questions, double discordance,
                                   const PowerOptions& options);

}  // namespace vffn
