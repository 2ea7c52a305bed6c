// Tails and quantiles of the normal, Student's t, F and binomial distributions.
#pragma once

#include <cstdint>

namespace vffn {

/// P(|Z| >= |z|) of a standard normal Z.
double NormalTwoSided(double z);

/// The z with P(Z <= z) = p. Needs 0 < p < 1.
double NormalQuantile(double p);

/// P(|T| >= |t|) of Student's t with `degrees` > 0 degrees of freedom.
double StudentTwoSided(double t, double degrees);

/// The t > 0 that |T| exceeds with probability `p`. Needs 0 < p < 1 and `degrees` > 0.
double StudentTwoSidedQuantile(double p, double degrees);

/// P(F >= f) of Fisher's F with degrees of freedom above 0.
double FisherUpperTail(double f, double numerator_degrees, double denominator_degrees);

/// P(X >= at_least) of a binomial X: `trials` of `probability`, in [0, 1].
double BinomialUpperTail(int64_t at_least, int64_t trials, double probability);

}  // namespace vffn
