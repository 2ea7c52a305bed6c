#include "model/weights/mapped_checkpoint.h"

#include <algorithm>
#include <bit>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "model/model_args.h"
#include "model/weights/vector_versions.h"

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

VFFN_VECTOR_VERSIONS bool AllFinite(std::span<const float> values) {
  uint32_t sign = 0;  // set by the addition exactly where the exponent is all ones
  for (const float value : values) {
    sign |= (std::bit_cast<uint32_t>(value) & 0x7fffffffu) + 0x00800000u;
  }
  return (sign & 0x80000000u) == 0;
}

[[noreturn]] void FailNotFinite(const std::string& origin, const std::string& parameter,
                                const TensorView& tensor, int64_t row, std::span<const float> values) {
  size_t column = 0;
  while (AllFinite(values.subspan(column, 1))) {
    ++column;
  }
  std::vector<int64_t> index = {static_cast<int64_t>(column)};
  if (tensor.shape.size() == 2) {
    index.insert(index.begin(), row);
  }
  Fail(origin, ": tensor ", tensor.name, " holds ", values[column], " at ", ShapeText(index), " (parameter ",
       parameter, "): the checkpoint is damaged or its training diverged");
}

/// The files and what they hold. Shared by a checkpoint and the rows of its matrices.
struct MappedParameters {
  MappedParameters(OpenedFiles files, const Recipe& recipe)
      : opened(std::move(files)), assemblies(Accounting(opened, recipe).Assemble()) {}

  const Assembly& Find(const std::string& parameter) const {
    const auto found = assemblies.find(parameter);
    VFFN_CHECK(found != assemblies.end(), opened.origin, ": the model has no parameter ", parameter);
    return found->second;
  }

  OpenedFiles opened;
  std::unordered_map<std::string, Assembly> assemblies;
};

/// A parameter [rows, columns]. Each row consists of rows of stored tensors: of one, or of several equally
/// long ones side by side.
class MappedMatrix : public MatrixRows {
 public:
  MappedMatrix(std::shared_ptr<const MappedParameters> all, const std::string& parameter)
      : all_(std::move(all)), assembly_(all_->Find(parameter)) {
    VFFN_CHECK(assembly_.spec.shape.size() == 2, all_->opened.origin, ": parameter ", parameter,
               " has no rows and columns");
    columns_ = assembly_.pieces.front().part.columns;
    side_by_side_ = assembly_.spec.shape[1] / columns_;
    stored_.resize(static_cast<size_t>(assembly_.spec.shape[0] * side_by_side_));
    for (size_t i = 0; i < assembly_.pieces.size(); ++i) {
      const StoredPart& part = assembly_.pieces[i].part;
      for (int64_t row = 0; row < part.rows; ++row) {
        const RowPlace place = part.PlaceOf(row);
        stored_[static_cast<size_t>(place.row * side_by_side_ + place.column / columns_)] = {
            static_cast<int32_t>(i), static_cast<int32_t>(row + part.source.skipped_rows)};
      }
    }
  }

  void Read(int64_t first, int64_t count, int64_t stride, float* out) const override {
    for (int64_t place = 0; place < side_by_side_; ++place) {
      for (int64_t row = 0; row < count;) {
        const int64_t rows = Neighbours(first + row, count - row, place);
        ReadStored(At(first + row, place), rows, stride, out + row * stride + place * columns_);
        row += rows;
      }
    }
  }

  bool fits_bfloat16() const override {
    return std::ranges::all_of(assembly_.pieces,
                               [](const Piece& piece) { return piece.tensor.type == ElementType::kBf16; });
  }

 private:
  struct StoredRow {
    int32_t piece;
    int32_t row;  // of its tensor
  };

  const StoredRow& At(int64_t row, int64_t place) const {
    return stored_[static_cast<size_t>(row * side_by_side_ + place)];
  }

  /// How many rows, at most `count`, follow each other in a tensor as they do here.
  int64_t Neighbours(int64_t row, int64_t count, int64_t place) const {
    const StoredRow& begin = At(row, place);
    int64_t rows = 1;
    while (rows < count && At(row + rows, place).piece == begin.piece &&
           At(row + rows, place).row == begin.row + rows) {
      ++rows;
    }
    return rows;
  }

  void ReadStored(const StoredRow& begin, int64_t rows, int64_t stride, float* out) const {
    const TensorView& tensor = assembly_.pieces[static_cast<size_t>(begin.piece)].tensor;
    ReadRows(tensor, begin.row, rows, columns_, stride, out);
    for (int64_t row = 0; row < rows; ++row) {
      const std::span<const float> values(out + row * stride, static_cast<size_t>(columns_));
      if (!AllFinite(values)) [[unlikely]] {
        FailNotFinite(all_->opened.origin, assembly_.spec.name, tensor, begin.row + row, values);
      }
    }
  }

  std::shared_ptr<const MappedParameters> all_;
  const Assembly& assembly_;
  int64_t columns_;       // of a stored row
  int64_t side_by_side_;  // stored rows in a row
  std::vector<StoredRow> stored_;
};

class MappedCheckpoint : public Checkpoint {
 public:
  MappedCheckpoint(OpenedFiles opened, const Recipe& recipe)
      : all_(std::make_shared<MappedParameters>(std::move(opened), recipe)) {}

  const ModelConfig& config() const override { return all_->opened.config; }
  std::string format() const override { return all_->opened.format; }
  const std::vector<std::filesystem::path>& files() const override { return all_->opened.files; }

  void Read(const std::string& parameter, std::span<float> out) const override {
    const Assembly& assembly = all_->Find(parameter);
    const ParameterSpec& spec = assembly.spec;
    VFFN_CHECK(std::cmp_equal(out.size(), spec.elements()), all_->opened.origin, ": parameter ", parameter,
               " is ", ShapeText(spec.shape), ", cannot be read into ", out.size(), " elements");
    if (spec.shape.size() == 2) {
      MappedMatrix(all_, parameter).Read(0, spec.shape[0], spec.shape[1], out.data());
      return;
    }
    for (const Piece& piece : assembly.pieces) {
      ReadVector(parameter, piece, out);
    }
  }

  std::shared_ptr<const MatrixRows> Rows(const std::string& parameter) const override {
    return std::make_shared<MappedMatrix>(all_, parameter);
  }

 private:
  /// The rows of a vector are its elements, but a file may hold them in blocks: they are read at once.
  void ReadVector(const std::string& parameter, const Piece& piece, std::span<float> out) const {
    std::vector<float> stored(static_cast<size_t>(piece.part.rows));
    ReadRow(piece.tensor, 0, stored);
    if (!AllFinite(stored)) [[unlikely]] {
      FailNotFinite(all_->opened.origin, parameter, piece.tensor, 0, stored);
    }
    for (size_t row = 0; row < stored.size(); ++row) {
      const int64_t place = piece.part.PlaceOf(static_cast<int64_t>(row)).row;
      out[static_cast<size_t>(place)] = piece.part.source.plus_one ? stored[row] + 1.0f : stored[row];
    }
  }

  std::shared_ptr<const MappedParameters> all_;
};

}  // namespace

std::unique_ptr<Checkpoint> AccountForTensors(OpenedFiles opened, const Recipe& recipe) {
  ApplyAndValidate(opened.model_args, opened.config, opened.origin);
  return std::make_unique<MappedCheckpoint>(std::move(opened), recipe);
}

}  // namespace vffn
