// A doc as rendered by a task: contexts and continuations as text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vffn {

/// `continuation` is scored given `context`. The blank between them belongs to it.
struct Choice {
  std::string context;
  std::string continuation;
  /// Bytes at the beginning of the continuation that do not belong to the answer and do not count for
  /// acc_norm and acc_bytes. Absent: one blank, if the continuation begins with it.
  std::optional<size_t> delimiter = std::nullopt;

  bool operator==(const Choice&) const = default;
};

/// One rendered doc.
struct Example {
  int64_t doc_id = 0;  ///< index in the data set
  std::vector<Choice> choices;
  int gold = 0;  ///< index of the right choice

  /// Empty, or one per choice: the request whose likelihood normalises that of the choice, which is the same
  /// continuation after a context that does not have the question ("Answer:", or none).
  std::vector<Choice> unconditional;

  /// The only choice is a text without context. It is scored from its first character on, in windows if it
  /// is longer than the model can read (RollingWindows in eval/document_windows.h).
  bool rolling = false;
};

}  // namespace vffn
