// The heads of rows of queries, keys and values.
#pragma once

#include "model/kernels/vector_rows.h"

namespace {

using vffn::kernels::AttentionArgs;
using vffn::kernels::RotationArgs;

/// `size` numbers of a head, rotated by the angles of its row.
inline void RotateHead(const RotationArgs& angles, int64_t row, const float* head, int64_t size, float* out) {
  const int64_t half = angles.half;
  const float* sine = angles.sine + row * half;
  ForEachVector(angles.cosine + row * half, half, 0.0f, [&](int64_t i, Floats c) {
    const int64_t rest = half - i;
    const Floats s = LoadPart(sine + i, rest);
    const Floats a = LoadPart(head + i, rest);
    const Floats b = LoadPart(head + half + i, rest);
    StorePart(out + i, a * c - b * s, rest);
    StorePart(out + half + i, b * c + a * s, rest);
  });
  CopyRow(head + 2 * half, size - 2 * half, out + 2 * half);
}

class HeadRows {
 public:
  explicit HeadRows(const AttentionArgs& args)
      : qkv_(args.qkv),
        rotation_(args.rotation),
        size_(args.head_size),
        keys_(args.n_heads * size_),
        values_(keys_ + args.n_kv_heads * size_),
        stride_(values_ + args.n_kv_heads * size_) {}

  int64_t size() const { return size_; }

  /// A query or key, rotated, to out[size].
  void CopyQuery(int64_t row, int64_t head, float* out) const { CopyRotated(row, head * size_, out); }
  void CopyKey(int64_t row, int64_t kv_head, float* out) const {
    CopyRotated(row, keys_ + kv_head * size_, out);
  }

  const float* Value(int64_t row, int64_t kv_head) const {
    return qkv_ + row * stride_ + values_ + kv_head * size_;
  }

 private:
  void CopyRotated(int64_t row, int64_t column, float* out) const {
    const float* head = qkv_ + row * stride_ + column;
    if (rotation_.half > 0) {
      RotateHead(rotation_, row, head, size_, out);
    } else {
      CopyRow(head, size_, out);
    }
  }

  const float* qkv_;
  RotationArgs rotation_;
  int64_t size_, keys_, values_, stride_;
};

}  // namespace
