// The metadata of GGUF checkpoints that describes the model.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

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
  std::optional<bool> Bool(std::string_view key) const;
  std::optional<std::string> String(std::string_view key) const;
  std::vector<int64_t> Integers(std::string_view key) const;

  /// One number for all layers, or a list of one for each layer. Throws Error if they are not all the same.
  std::optional<int64_t> OfAllLayers(std::string_view key) const;

  // Throw Error if the key is absent.
  int64_t RequiredInteger(std::string_view key) const;
  double RequiredFloat(std::string_view key) const;

  /// Throws Error unless the key is absent or has this value (GgufFile::Text).
  void RequireValue(std::string_view key, std::string_view supported) const;

  /// Does not read a key that changes nothing here.
  void Ignore(std::string_view key) const { Asked(key); }

  /// Throws Error if the architecture has a key that no method above was asked for: it may change what the
  /// model computes.
  void RefuseUnknown() const;

 private:
  const std::string& Asked(std::string_view key) const;

  const GgufFile& file_;
  std::string prefix_;
  mutable std::set<std::string, std::less<>> asked_;
};

/// What the metadata of a family leaves to the program that reads it.
struct GgufTraits {
  /// The arithmetic of the family: the fields that no key gives. Sizes, biases and what the keys and tensors
  /// of a file say are filled in.
  ModelConfig arithmetic;
  RowOrder rotary_order = RowOrder::kAsOurs;  ///< of the rows of q and k
  /// With a sliding window but no key for its layers: every n-th layer has none; 0: all have it.
  int64_t full_attention_interval = 0;
  /// The meaning of the key logit_scale: logits are multiplied by it, or divided (Granite).
  bool divides_logits = false;
  /// The residual connections where use_parallel_residual is true; absent: it must be false.
  std::optional<Residual> parallel_residual;
  /// What is particular to the family; null: nothing.
  void (*finish)(ModelConfig& model) = nullptr;
};

/// The model that a file describes. Biases, head, norms of queries and keys and experts are there if the file
/// has their tensors. Keys have the meaning that llama.cpp gives them. Throws Error if a key or the embedding
/// is missing, or if one asks for arithmetic that is not supported.
ModelConfig ReadGgufDecoder(const GgufKeys& keys, const GgufTraits& traits);

/// Where the file has the parameters of that model: the names are those of every family. Queries, keys and
/// values may be in one tensor, and so may both halves of a gated FFN; experts are.
Recipe GgufTensors(const GgufFile& file, const ModelConfig& model, const GgufTraits& traits);

}  // namespace vffn
