// Counting small integers wherever they are.
#pragma once

#include <ATen/ATen.h>

#include <vector>

namespace vffn {

/// How many elements of `values` [n] are `first`, first + 1, ..., in `size` numbers. With `flags` [n] bool,
/// one more number: how many of them are set. One transfer from the device, where at::bincount makes several.
std::vector<int64_t> Histogram(const at::Tensor& values, int64_t first, int64_t size,
                               const at::Tensor& flags = {});

}  // namespace vffn
