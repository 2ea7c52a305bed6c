// The activation functions of FFNs, along rows of numbers.
#pragma once

#include "model/kernels/vector_rows.h"

namespace {

using vffn::kernels::ActivationArgs;

/// How a quotient is computed: exactly rounded, or with an approximate reciprocal for values that become
/// bfloat16 (relative error 1e-6). A division takes as long as eight multiplications.
enum class Quotient { kExact, kApproximate };

/// x * sigmoid(v).
template <Quotient kQuotient>
inline Floats TimesSigmoid(Floats x, Floats v) {
  const Floats one = Vector::Set(1.0f);
  const Floats e = ExpOfNegative(v > Floats{} ? -v : v);  // exp(-|v|) cannot overflow
  const Floats numerator = x * (v < Floats{} ? e : one);
  return kQuotient == Quotient::kExact ? numerator / (one + e) : numerator * Vector::Reciprocal(one + e);
}

/// erfc(a / sqrt(2)) / 2 for 0 <= a <= 14: exp(-a^2 / 2) t P(t) with t = 1 / (1 + 0.4 a / sqrt(2)). P is a
/// minimax fit of degree 8, relative error 6e-8.
inline Floats UpperTail(Floats a) {
  constexpr float kCoefficients[] = {
      -0.1344192624f, 0.07163160294f, 0.102305904f,  0.06969173253f,
      0.1977545023f,  0.2007510215f,  0.2266055942f, 0.2256244868f,
  };
  const Floats t = Vector::Set(1.0f) / Vector::Fma(a, Vector::Set(0.282842712f), Vector::Set(1.0f));
  Floats p = Vector::Set(0.04005448148f);
  for (const float coefficient : kCoefficients) {
    p = Vector::Fma(p, t, Vector::Set(coefficient));
  }
  const Floats half = a * Vector::Set(-0.5f);
  const Floats exponent = half * a;
  const Floats rest = Vector::Fma(half, a, -exponent);  // what the product's rounding dropped
  const Floats e = ExpOfNegative(exponent);
  return Vector::Fma(e, rest, e) * (p * t) * Vector::Set(0.5f);
}

template <Quotient kQuotient>
struct Silu {
  static Floats Of(Floats x) { return TimesSigmoid<kQuotient>(x, x); }
};

/// x Phi(x). NaN stays NaN: x is a factor.
struct Gelu {
  static Floats Of(Floats x) {
    const Floats most = Vector::Set(14.0f);  // Phi(-14) is 0 in float32
    const Floats magnitude = x < Floats{} ? -x : x;
    const Floats tail = UpperTail(magnitude < most ? magnitude : most);
    return x * (x < Floats{} ? tail : Vector::Set(1.0f) - tail);
  }
};

/// x (1 + tanh(u)) / 2 = x sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3).
template <Quotient kQuotient>
struct GeluTanh {
  static Floats Of(Floats x) {
    const Floats factor =
        Vector::Fma(x * x, Vector::Set(0.044715f * 1.5957691216f), Vector::Set(1.5957691216f));
    return TimesSigmoid<kQuotient>(x, x * factor);
  }
};

struct Relu {
  static Floats Of(Floats x) { return x < Floats{} ? Floats{} : x; }  // NaN stays NaN
};

template <class Function>
void ActivateAs(const ActivationArgs& args) {
  for (int64_t row = 0; row < args.rows; ++row) {
    float* out = args.out + row * args.f;
    ForEachVector(args.activated + row * args.stride, args.f, 0.0f,
                  [&](int64_t i, Floats x) { StorePart(out + i, Function::Of(x), args.f - i); });
    if (args.linear) {
      const float* linear = args.linear + row * args.stride;
      for (int64_t i = 0; i < args.f; ++i) {
        out[i] *= linear[i];
      }
    }
  }
}

template <Quotient kQuotient>
void ActivateWith(const ActivationArgs& args) {
  switch (args.activation) {
    case vffn::Activation::kSilu:
      return ActivateAs<Silu<kQuotient>>(args);
    case vffn::Activation::kGelu:
      return ActivateAs<Gelu>(args);
    case vffn::Activation::kGeluTanh:
      return ActivateAs<GeluTanh<kQuotient>>(args);
    case vffn::Activation::kRelu:
      return ActivateAs<Relu>(args);
  }
}

void Activate(const ActivationArgs& args) {
#ifdef VFFN_NATIVE_BFLOAT16
  if (args.precision == GemmPrecision::kBfloat16) {
    return ActivateWith<Quotient::kApproximate>(args);
  }
#endif
  ActivateWith<Quotient::kExact>(args);
}

}  // namespace
