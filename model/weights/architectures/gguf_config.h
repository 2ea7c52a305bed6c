// The parts of GGUF checkpoints that most decoder architectures have in common.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "model/config.h"
#include "model/weights/gguf_file.h"
#include "model/weights/recipe.h"

namespace vffn {

/// The metadata of a file's architecture. Keys are given without its name: "block_count" stands for
/// "llama.block_count". The object remembers which keys it was asked for. Every method throws Error, naming
/// the key, if a value has another type.
class GgufKeys {
 public:
  /// `file` must outlive this object.
  GgufKeys(const GgufFile& file, std::string architecture)
      : file_(file), prefix_(std::move(architecture) + ".") {}

  const GgufFile& file() const { return file_; }

  /// The key with the name of the architecture.
  std::string FullName(std::string_view key) const { return prefix_ + std::string(key); }

  std::optional<int64_t> Integer(std::string_view key) const;
  std::optional<double> Float(std::string_view key) const;

  // Throw Error if the key is absent.
  int64_t RequiredInteger(std::string_view key) const;
  double RequiredFloat(std::string_view key) const;

  /// Throws Error unless the key is absent or has this value (GgufFile::Text).
  void RequireValue(std::string_view key, std::string_view supported) const;

  /// Throws Error if the architecture has a key that no method above was asked for: it may change what the
  /// model computes.
  void RefuseUnknown() const;

 private:
  const std::string& Asked(std::string_view key) const;

  const GgufFile& file_;
  std::string prefix_;
  mutable std::set<std::string, std::less<>> asked_;
};

/// Sizes, rotary base, norm epsilon, biases and head of an architecture whose keys and tensors are named as
/// Llama's. Biases and head are there if the file has their tensors. Throws Error if a key or the embedding
/// is missing, and on rotary scaling, partial rotary embeddings, experts and parallel residuals.
ModelConfig ReadDecoderConfig(const GgufKeys& keys);

/// The tensors of an architecture that names them as Llama does, biases included. `rotary_order` is the order
/// of the rows of q and k.
Recipe GgufDecoderTensors(RowOrder rotary_order);

}  // namespace vffn
