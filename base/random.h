// Seeded random numbers that are the same on every machine.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace vffn {

/// A stream of random numbers that (seed, name) decide, and nothing else: not the machine, the compiler or
/// the mathematical library. Streams of different names or seeds are independent.
///
/// The bits come from xoshiro256++ 1.0 (Blackman and Vigna, https://prng.di.unimi.it/), whose four words of
/// state are outputs of SplitMix64 (same place) started at SplitMix64(seed) xor FNV-1a-64(name).
class Random {
 public:
  Random(uint64_t seed, std::string_view name);

  /// Starts with this state, not all zero: for checking the generator against published numbers.
  explicit Random(const std::array<uint64_t, 4>& state) : state_(state) {}

  /// 64 random bits.
  uint64_t Next() {
    auto& [a, b, c, d] = state_;
    const uint64_t result = std::rotl(a + d, 23) + a;
    const uint64_t shifted = b << 17;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = std::rotl(d, 45);
    return result;
  }

  /// Uniform on 0 .. n - 1; n is positive.
  uint64_t Below(uint64_t n);

  /// Uniform on [0, 1): a multiple of 2^-53.
  double Uniform();

  /// Normal with mean 0 and standard deviation 1, truncated to [-cut, cut), with `cut` at most 8. Exact: a
  /// candidate x, uniform on the interval, is accepted with probability exp(-x^2 / 2), which comparisons of
  /// uniform numbers decide (von Neumann 1951); no logarithm is taken that could differ between machines.
  double TruncatedNormal(double cut);

 private:
  bool AcceptWithExp(double exponent);

  std::array<uint64_t, 4> state_;
};

}  // namespace vffn
