// The identity of a run: everything besides the task data that its numbers depend on. Ledgers, traces and
// results files hold it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"

namespace vffn {

struct RunIdentity {
  std::string model_sha256;
  std::string tokenizer_sha256;
  std::string dtype;                      ///< "float32", "bfloat16"
  std::optional<std::string> arithmetic;  ///< ArithmeticOf; absent in files of older programs
  std::optional<std::string> rendering;   ///< of prompts, "olmo" or "lm-eval"; absent in traces
  std::optional<std::string> encoding;    ///< of requests, "separate" or "joint"; absent in traces
  std::optional<std::string> profile;     ///< that made the requests; absent in ledgers, which serve several
  int64_t bos_token = -1;                 ///< the first token put before every context; -1: none is
  std::optional<std::string>
      special_tokens;  ///< all tokens put around the texts; absent in files of older programs
  std::optional<std::string> profiles;  ///< those with these prompts and tokens, "olmo,olmo-in-loop-0.9"
  int64_t max_sequence_length = 0;      ///< longer contexts lose tokens on the left
  std::string ffn;  ///< kind and options of an FFN other than the dense one, as JSON; empty: dense

  /// Calls visit(name, field) for every field. Files and comparisons follow from this list.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("model_sha256", self.model_sha256);
    visit("tokenizer_sha256", self.tokenizer_sha256);
    visit("dtype", self.dtype);
    visit("arithmetic", self.arithmetic);
    visit("rendering", self.rendering);
    visit("encoding", self.encoding);
    visit("profile", self.profile);
    visit("bos_token", self.bos_token);
    visit("special_tokens", self.special_tokens);
    visit("profiles", self.profiles);
    visit("max_sequence_length", self.max_sequence_length);
    visit("ffn", self.ffn);
  }

  bool operator==(const RunIdentity&) const = default;
};

/// One flat object; absent fields are left out.
OrderedJson ToJson(const RunIdentity& identity);

/// The inverse. Fields that are missing from the object, because an older program wrote it, keep their
/// defaults. Throws Error, beginning with `origin`, on a field of another type.
RunIdentity ParseRunIdentity(const Json& json, const std::string& origin);

/// A field that two identities disagree on, with both values.
struct IdentityDifference {
  std::string field, a, b;
};

/// Compares the fields that both identities have. Numbers of two runs may be combined if the result is empty.
std::vector<IdentityDifference> DifferencesOf(const RunIdentity& a, const RunIdentity& b);

}  // namespace vffn
