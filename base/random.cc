#include "base/random.h"

namespace vffn {
namespace {

/// Advances the state and gives the next output.
uint64_t SplitMix64(uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

uint64_t Fnv1a64(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return hash;
}

}  // namespace

Random::Random(uint64_t seed, std::string_view name) {
  uint64_t start = SplitMix64(seed) ^ Fnv1a64(name);
  for (uint64_t& word : state_) {
    word = SplitMix64(start);
  }
}

uint64_t Random::Below(uint64_t n) {
  const uint64_t most = ~uint64_t{0} / n * n;  // draws from here on would favour small numbers
  uint64_t bits = Next();
  while (bits >= most) {
    bits = Next();
  }
  return bits % n;
}

double Random::Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

/// True with probability exp(-exponent), for an exponent of 0 to 1: the run of numbers that falls from the
/// exponent on has at least k members with probability exponent^k / k!, so an even number of them with that
/// of the exponential series.
bool Random::AcceptWithExp(double exponent) {
  bool even = true;
  for (double last = exponent, next = Uniform(); next < last; next = Uniform()) {
    last = next;
    even = !even;
  }
  return even;
}

double Random::TruncatedNormal(double cut) {
  for (;;) {
    const double x = cut * (2 * Uniform() - 1);
    double exponent = x * x / 2;
    bool accepted = true;
    for (; accepted && exponent > 1; exponent -= 1) {
      accepted = AcceptWithExp(1);
    }
    if (accepted && AcceptWithExp(exponent)) {
      return x;
    }
  }
}

}  // namespace vffn
