// Attention under the ancestor mask of a trie.
#pragma once

#include "model/kernels/float_operands.h"
#include "model/kernels/vector_rows.h"

namespace {

using vffn::Segment;
using vffn::kernels::AttentionArgs;

constexpr int64_t kQueryRows = 96;  // (token, head) pairs handled at once

/// Keys and values of one key-value head along a path from a root, in the order of positions.
struct Path {
  int64_t count = 0;  // keys
  float* keys;        // panels [count/kPanel, head_size, kPanel]
  float* values;      // [count, value_stride]
  int64_t value_stride;
};

/// The rows of a segment's path: [begin, end) of its ancestors, root first, then its own.
inline int64_t PathRanges(const AttentionArgs& args, int64_t segment, const Segment** ranges) {
  int64_t depth = 0;
  for (int64_t s = segment; s >= 0; s = args.segments[s].parent) {
    ranges[depth++] = &args.segments[s];
  }
  for (int64_t i = 0; i < depth / 2; ++i) {
    const Segment* swapped = ranges[i];
    ranges[i] = ranges[depth - 1 - i];
    ranges[depth - 1 - i] = swapped;
  }
  return depth;
}

inline void FillPath(const AttentionArgs& args, const Segment* const* ranges, int64_t depth, int64_t kv_head,
                     Path& path) {
  const int64_t size = args.head_size;
  const int64_t stride = (args.n_heads + 2 * args.n_kv_heads) * size;
  const float* keys = args.qkv + (args.n_heads + kv_head) * size;
  const float* values = args.qkv + (args.n_heads + args.n_kv_heads + kv_head) * size;
  int64_t n = 0;
  for (int64_t r = 0; r < depth; ++r) {
    for (int64_t row = ranges[r]->begin; row < ranges[r]->end; ++row, ++n) {
      float* column = path.keys + n / kPanel * size * kPanel + n % kPanel;
      const float* key = keys + row * stride;
      for (int64_t i = 0; i < size; ++i) {
        column[i * kPanel] = key[i];
      }
      float* value = path.values + n * path.value_stride;
      std::memcpy(value, values + row * stride, size * sizeof(float));
      std::memset(value + size, 0, (path.value_stride - size) * sizeof(float));
    }
  }
  for (int64_t rest = n; rest % kPanel != 0; ++rest) {  // the last panel's other columns
    float* column = path.keys + rest / kPanel * size * kPanel + rest % kPanel;
    for (int64_t i = 0; i < size; ++i) {
      column[i * kPanel] = 0.0f;
    }
  }
  path.count = n;
}

/// The keys that a row sees: [begin, end) of its scores.
struct VisibleKeys {
  int64_t begin, end;
};

/// Turns the scores that are seen into exp(scale * (score - max)), the others up to `width` into zeros, and
/// returns 1 / their sum. With a soft cap c, c tanh(scale * score / c) takes the place of scale * score.
inline float SoftmaxRow(float* scores, const VisibleKeys& keys, int64_t width, float scale, float softcap) {
  const int64_t n = keys.end;
  if (softcap > 0) {
    SoftCap(scores + keys.begin, keys.end - keys.begin, scale, softcap);
    scale = 1;
  }
  for (int64_t i = 0; i < keys.begin; ++i) {
    scores[i] = -INFINITY;  // its weight is 0
  }
  const Floats max = Vector::Set(MaxOf(scores, n));
  const Floats factor = Vector::Set(scale);
  LaneSum sum;
  ForEachVector(scores, n, -INFINITY, [&](int64_t i, Floats v) {
    const Floats e = ExpOfNegative((v - max) * factor);
    sum.Add(i, e);
    StorePart(scores + i, e, n - i);
  });
  std::memset(scores + n, 0, (width - n) * sizeof(float));
  return 1.0f / sum.Total();
}

/// The first key of the path with which a block of tokens from `position` on is multiplied: the first one
/// that the window shows, or up to an alignment before it. It is aligned so that a key falls into the same
/// lane of sums wherever a block begins.
inline int64_t FirstKey(int64_t position, int64_t window) {
  constexpr int64_t kAlignment = kPanel > kLanes ? kPanel : kLanes;
  static_assert(kAlignment % kPanel == 0 && kAlignment % kLanes == 0);
  return Max(0, position + 1 - window) / kAlignment * kAlignment;
}

/// Query rows (token, head) of tokens [first, first + tokens) of a segment; `before`: keys ahead of the
/// segment.
inline void AttendBlock(const AttentionArgs& args, const Path& path, int64_t kv_head, int64_t segment_begin,
                        int64_t first, int64_t tokens, int64_t before) {
  const int64_t size = args.head_size;
  const int64_t group = args.n_heads / args.n_kv_heads;
  const int64_t stride = (args.n_heads + 2 * args.n_kv_heads) * size;
  const int64_t rows = tokens * group;
  const int64_t tiles = DivideUp(rows, kTileRows);
  const int64_t position = before + first - segment_begin;  // of the first token
  const int64_t start = args.window > 0 ? FirstKey(position, args.window) : 0;
  const int64_t keys = position + tokens - start;  // from `start` to the last token
  const int64_t width = RoundUp(keys, kPanel);
  float* scores = Scratch<float, 3>(tiles * kTileRows * width);
  float* inverse = Scratch<float, 4>(rows);

  float* queries = Scratch<float, 20>(tiles * kTileRows * size);
  std::memset(queries + rows * size, 0, (tiles * kTileRows - rows) * size * sizeof(float));
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t head = kv_head * group + row % group;
    std::memcpy(queries + row * size, args.qkv + (first + row / group) * stride + head * size,
                size * sizeof(float));
  }
  for (int64_t panel = 0; panel < width / kPanel; ++panel) {
    const float* b = path.keys + (start / kPanel + panel) * size * kPanel;
    for (int64_t tile = 0; tile < tiles; ++tile) {
      MultiplyFloatTile(size, {queries + tile * kTileRows * size, size, 1}, b, kPanel,
                        scores + tile * kTileRows * width + panel * kPanel, width, false);
    }
  }
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t end = position + row / group + 1;
    const VisibleKeys visible{args.window > 0 ? Max(start, end - args.window) - start : 0, end - start};
    inverse[row] = SoftmaxRow(scores + row * width, visible, width, args.scale, args.softcap);
  }

  float* mixed = Scratch<float, 5>(tiles * kTileRows * path.value_stride);
  for (int64_t block = 0; block < keys; block += kBlockK) {
    for (int64_t column = 0; column < path.value_stride; column += kPanel) {
      const float* b = path.values + (start + block) * path.value_stride + column;
      for (int64_t tile = 0; tile < tiles; ++tile) {
        MultiplyFloatTile(Min(kBlockK, keys - block), {scores + tile * kTileRows * width + block, width, 1},
                          b, path.value_stride, mixed + tile * kTileRows * path.value_stride + column,
                          path.value_stride, block > 0);
      }
    }
  }
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t head = kv_head * group + row % group;
    float* out = args.out + ((first + row / group) * args.n_heads + head) * size;
    for (int64_t i = 0; i < size; ++i) {
      out[i] = mixed[row * path.value_stride + i] * inverse[row];
    }
  }
}

void Attention(const AttentionArgs& args) {
  const int64_t size = args.head_size;
  const int64_t group = args.n_heads / args.n_kv_heads;
  const int64_t block_tokens = group < kQueryRows ? kQueryRows / group : 1;
  for (int64_t s = 0; s < static_cast<int64_t>(args.segments.size()); ++s) {
    const Segment& segment = args.segments[s];
    const Segment** ranges = Scratch<const Segment*, 6>(s + 1);
    const int64_t depth = PathRanges(args, s, ranges);
    int64_t keys = 0;
    for (int64_t r = 0; r < depth; ++r) {
      keys += ranges[r]->end - ranges[r]->begin;
    }
    const int64_t before = keys - (segment.end - segment.begin);
    Path path;
    path.value_stride = RoundUp(size, kPanel);
    path.keys = Scratch<float, 1>(RoundUp(keys, kPanel) * size);
    path.values = Scratch<float, 2>(keys * path.value_stride);
    for (int64_t kv_head = 0; kv_head < args.n_kv_heads; ++kv_head) {
      FillPath(args, ranges, depth, kv_head, path);
      for (int64_t first = segment.begin; first < segment.end; first += block_tokens) {
        AttendBlock(args, path, kv_head, segment.begin, first, Min(block_tokens, segment.end - first),
                    before);
      }
    }
  }
}

}  // namespace
