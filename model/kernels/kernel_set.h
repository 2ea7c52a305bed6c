// The table of one instruction set's kernels. Included last in each translation unit.
#pragma once

#include "model/kernels/attention_kernel.h"
#include "model/kernels/head_kernel.h"
#include "model/kernels/linear_kernels.h"
#include "model/kernels/mixing_kernel.h"
#ifdef VFFN_TILES
#include "model/kernels/tile_head.h"
#endif

namespace {

using vffn::kernels::Kernels;

#if defined(VFFN_TILES)
using ReducedOperand = TileOperand;
#elif defined(VFFN_NATIVE_BFLOAT16)
using ReducedOperand = Bfloat16Operand;
#else
using ReducedOperand = FloatOperand<true>;
#endif

PackedMatrix Allocate(const PackArgs& args) {
  return args.precision == GemmPrecision::kFloat32 ? AllocateAs<FloatOperand<false>>(args)
                                                   : AllocateAs<ReducedOperand>(args);
}

void Fill(const PackArgs& args, int64_t first_panel, int64_t end_panel, PackedMatrix& packed) {
  args.precision == GemmPrecision::kFloat32
      ? FillAs<FloatOperand<false>>(args, first_panel, end_panel, packed)
      : FillAs<ReducedOperand>(args, first_panel, end_panel, packed);
}

PackedMatrix Pack(const PackArgs& args) {
  PackedMatrix packed = Allocate(args);
  Fill(args, 0, packed.panels, packed);
  return packed;
}

void Gemm(const GemmArgs& args) {
  args.w.matrix->precision == GemmPrecision::kFloat32 ? GemmAs<FloatOperand<false>>(args)
                                                      : GemmAs<ReducedOperand>(args);
}

void Mlp(const MlpArgs& args) {
  args.out.matrix->precision == GemmPrecision::kFloat32 ? MlpAs<FloatOperand<false>>(args)
                                                        : MlpAs<ReducedOperand>(args);
}

void Head(const HeadArgs& args) {
  args.w->precision == GemmPrecision::kFloat32 ? HeadAs<FloatOperand<false>>(args)
                                               : HeadAs<ReducedOperand>(args);
}

constexpr Kernels MakeKernels(const char* name) {
  return {name, &Pack, &Allocate, &Fill, &Gemm, &Mlp, &Mix, &Norm, &Activate, &Attention, &Head};
}

}  // namespace
