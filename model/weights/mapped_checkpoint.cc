#include "model/weights/mapped_checkpoint.h"

#include <bit>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/json.h"

namespace vffn {
namespace {

/// A stored tensor: a part of a parameter.
struct Piece {
  StoredPart part;
  TensorView tensor;  ///< [rows, columns] of the part, or a vector
};

struct Assembly {
  ParameterSpec spec;
  std::vector<Piece> pieces;
};

/// Matches stored tensors with parameters and collects what does not fit.
class Accounting {
 public:
  Accounting(const OpenedFiles& opened, const Recipe& recipe) : opened_(opened), recipe_(recipe) {
    for (const TensorView& tensor : opened.tensors) {
      VFFN_CHECK(stored_.emplace(tensor.name, &tensor).second, opened.origin, ": tensor ", tensor.name,
                 " is there twice");
    }
  }

  std::unordered_map<std::string, Assembly> Assemble() {
    std::unordered_map<std::string, Assembly> assemblies;
    for (const ParameterSpec& spec : ParameterSpecs(opened_.config)) {
      assemblies.emplace(spec.name, AssembleOne(spec));
    }
    for (const TensorView& tensor : opened_.tensors) {
      if (!used_.contains(tensor.name) && !opened_.redundant(tensor.name)) {
        misfits_ += "\n  unknown: " + tensor.name + " " + ShapeText(tensor.shape);
      }
    }
    VFFN_CHECK(misfits_.empty(), opened_.origin,
               ": the tensors do not fit the model its configuration describes (",
               ToJson(opened_.config).dump(), "):", misfits_, opened_.advice);
    return assemblies;
  }

 private:
  Assembly AssembleOne(const ParameterSpec& spec) {
    Assembly assembly{spec, {}};
    for (StoredPart& part : PartsOf(spec, recipe_, opened_.config)) {
      if (const TensorView* tensor = FindFitting(part.name, part.shape)) {
        TensorView view = AsMatrix(*tensor, part);
        assembly.pieces.push_back({std::move(part), std::move(view)});
      }
    }
    return assembly;
  }

  const TensorView* FindFitting(const std::string& name, const std::vector<int64_t>& shape) {
    const auto found = stored_.find(name);
    if (found == stored_.end()) {
      misfits_ += "\n  missing: " + name + " " + ShapeText(shape);
      return nullptr;
    }
    used_.insert(name);
    const TensorView& tensor = *found->second;
    if (tensor.shape != shape && !IsSameVector(tensor, shape)) {
      misfits_ +=
          "\n  misshapen: " + name + " is " + ShapeText(tensor.shape) + ", should be " + ShapeText(shape);
      return nullptr;
    }
    if (!FormatOf(tensor.type).real) {
      misfits_ += "\n  not real numbers: " + name + " is " + std::string(FormatOf(tensor.type).name);
      return nullptr;
    }
    return &tensor;
  }

  /// Whether the tensor is a vector of that many elements in another shape: norms by heads, a matrix of one
  /// row.
  static bool IsSameVector(const TensorView& tensor, const std::vector<int64_t>& shape) {
    const bool vectors =
        shape.size() == 1 || (tensor.shape.size() == 1 && shape.size() == 2 && shape[0] == 1);
    return vectors && tensor.strides.empty() && tensor.shape.size() <= 2 &&
           ElementCount(tensor.shape) == ElementCount(shape);
  }

  /// The tensor as the rows and columns of its part: transposed, experts one after the other.
  TensorView AsMatrix(TensorView tensor, const StoredPart& part) {
    if (part.shape.size() == 1 || tensor.shape.size() == 1) {
      tensor.shape = part.shape;
      return tensor;
    }
    if (tensor.shape.size() == 3) {
      if (!tensor.strides.empty() && tensor.strides[0] != tensor.shape[1] * tensor.strides[1]) {
        misfits_ += "\n  not contiguous: " + part.name + ": its experts do not lie one after the other";
      }
      tensor.shape = {part.rows, part.columns};
      tensor.strides.erase(tensor.strides.begin(), tensor.strides.begin() + !tensor.strides.empty());
    } else if (part.source.transposed) {
      if (FormatOf(tensor.type).block_elements != 1) {
        misfits_ += "\n  not to be transposed: " + part.name + " is " +
                    std::string(FormatOf(tensor.type).name) + ", which is stored in blocks";
      }
      tensor.strides = tensor.strides.empty() ? std::vector<int64_t>{1, tensor.shape[1]}
                                              : std::vector<int64_t>{tensor.strides[1], tensor.strides[0]};
      tensor.shape = {part.rows, part.columns};
    }
    return tensor;
  }

  const OpenedFiles& opened_;
  const Recipe& recipe_;
  std::unordered_map<std::string, const TensorView*> stored_;
  std::set<std::string> used_;
  std::string misfits_;
};

bool AllFinite(std::span<const float> values) {
  uint32_t sign = 0;  // set by the addition exactly where the exponent is all ones
  for (const float value : values) {
    sign |= (std::bit_cast<uint32_t>(value) & 0x7fffffffu) + 0x00800000u;
  }
  return (sign & 0x80000000u) == 0;
}

class MappedCheckpoint : public Checkpoint {
 public:
  MappedCheckpoint(OpenedFiles opened, const Recipe& recipe)
      : opened_(std::move(opened)), assemblies_(Accounting(opened_, recipe).Assemble()) {}

  const ModelConfig& config() const override { return opened_.config; }
  std::string format() const override { return opened_.format; }
  const std::vector<std::filesystem::path>& files() const override { return opened_.files; }

  void Read(const std::string& parameter, std::span<float> out) const override {
    const auto found = assemblies_.find(parameter);
    VFFN_CHECK(found != assemblies_.end(), opened_.origin, ": the model has no parameter ", parameter);
    const ParameterSpec& spec = found->second.spec;
    VFFN_CHECK(std::cmp_equal(out.size(), spec.elements()), opened_.origin, ": parameter ", parameter, " is ",
               ShapeText(spec.shape), ", cannot be read into ", out.size(), " elements");
    for (const Piece& piece : found->second.pieces) {
      if (piece.tensor.shape.size() == 1) {
        ReadVector(parameter, piece, out);
      } else {
        ReadMatrix(parameter, piece, spec.shape[1], out);
      }
      if (piece.part.source.plus_one) {
        AddOne(piece.part, out);
      }
    }
  }

 private:
  /// `out` is the whole parameter, of `width` columns.
  void ReadMatrix(const std::string& parameter, const Piece& piece, int64_t width,
                  std::span<float> out) const {
    const auto columns = static_cast<size_t>(piece.part.columns);
    for (int64_t row = 0; row < piece.part.rows; ++row) {
      const RowPlace place = piece.part.PlaceOf(row);
      const std::span<float> row_out =
          out.subspan(static_cast<size_t>(place.row * width + place.column), columns);
      const int64_t stored = row + piece.part.source.skipped_rows;
      ReadRow(piece.tensor, stored, row_out);
      if (!AllFinite(row_out)) [[unlikely]] {
        FailNotFinite(parameter, piece.tensor, stored, row_out);
      }
    }
  }

  /// The rows of a vector are its elements, but a file may hold them in blocks: they are read at once.
  void ReadVector(const std::string& parameter, const Piece& piece, std::span<float> out) const {
    std::vector<float> stored(static_cast<size_t>(piece.part.rows));
    ReadRow(piece.tensor, 0, stored);
    if (!AllFinite(stored)) [[unlikely]] {
      FailNotFinite(parameter, piece.tensor, 0, stored);
    }
    for (size_t row = 0; row < stored.size(); ++row) {
      out[static_cast<size_t>(piece.part.PlaceOf(static_cast<int64_t>(row)).row)] = stored[row];
    }
  }

  /// Of a norm's weights, which are a vector.
  static void AddOne(const StoredPart& part, std::span<float> out) {
    for (float& value : out.subspan(static_cast<size_t>(part.begin.row), static_cast<size_t>(part.rows))) {
      value += 1.0f;
    }
  }

  [[noreturn]] void FailNotFinite(const std::string& parameter, const TensorView& tensor, int64_t row,
                                  std::span<const float> values) const {
    size_t column = 0;
    while (AllFinite(values.subspan(column, 1))) {
      ++column;
    }
    std::vector<int64_t> index = {static_cast<int64_t>(column)};
    if (tensor.shape.size() == 2) {
      index.insert(index.begin(), row);
    }
    Fail(opened_.origin, ": tensor ", tensor.name, " holds ", values[column], " at ", ShapeText(index),
         " (parameter ", parameter, "): the checkpoint is damaged or its training diverged");
  }

  OpenedFiles opened_;
  std::unordered_map<std::string, Assembly> assemblies_;
};

}  // namespace

std::unique_ptr<Checkpoint> AccountForTensors(OpenedFiles opened, const Recipe& recipe) {
  ApplyModelArgs(opened.model_args, opened.config);
  Validate(opened.config, opened.origin);
  return std::make_unique<MappedCheckpoint>(std::move(opened), recipe);
}

}  // namespace vffn
