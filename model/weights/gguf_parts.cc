#include "model/weights/gguf_parts.h"

#include <array>
#include <cstdio>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

/// "-00002-of-00003.gguf"
std::string EndingOf(int64_t number, int64_t count) {
  std::array<char, 64> ending{};
  std::snprintf(ending.data(), ending.size(), "-%05lld-of-%05lld.gguf", static_cast<long long>(number),
                static_cast<long long>(count));
  return ending.data();
}

/// The parts of a split model by the name of one of them. Numbers begin at 1.
class PartNames {
 public:
  PartNames(const std::filesystem::path& part, int64_t number, int64_t count)
      : folder_(part.parent_path()), count_(count) {
    const std::string name = part.filename().string();
    const std::string ending = EndingOf(number, count);
    known_ = name.ends_with(ending);
    stem_ = known_ ? name.substr(0, name.size() - ending.size()) : "NAME";
  }

  std::filesystem::path Of(int64_t number) const { return folder_ / (stem_ + EndingOf(number, count_)); }
  bool Has(int64_t number) const { return known_ && std::filesystem::exists(Of(number)); }

 private:
  std::filesystem::path folder_;
  int64_t count_;
  bool known_ = false;
  std::string stem_;
};

GgufFile MapOne(const std::filesystem::path& path, OpenedFiles& opened) {
  opened.files.push_back(path);
  return {opened.mappings.emplace_back(path).bytes(), path.string()};
}

/// Adds part `number`, which must say that it is.
void AddPart(const std::filesystem::path& path, int64_t number, int64_t count, OpenedFiles& opened,
             GgufFile& model) {
  const GgufFile part = MapOne(path, opened);
  VFFN_CHECK(part.Integer("split.count") == count && part.Integer("split.no") == number - 1, part.origin(),
             ": split.no is ", part.Text("split.no"), " of ", part.Text("split.count"), ", should be ",
             number - 1, " of ", count, ": this file is not a part of ", model.origin());
  model.AddTensors(part);
}

}  // namespace

GgufFile MapGguf(const std::filesystem::path& path, OpenedFiles& opened) {
  constexpr int64_t kMostParts = 99999;
  GgufFile model = MapOne(path, opened);
  const int64_t count = model.Integer("split.count").value_or(1);
  if (count <= 1) {
    return model;
  }
  const int64_t number = model.Integer("split.no").value_or(0) + 1;
  VFFN_CHECK(count <= kMostParts && number >= 1 && number <= count, model.origin(), ": split.no is ",
             number - 1, " of ", count, " parts");
  const PartNames names(path, number, count);
  VFFN_CHECK(number == 1, model.origin(), ": part ", number, " of ", count,
             " of a split model: give the first, ", names.Of(1).string());
  const std::optional<int64_t> total = model.Integer("split.tensors.count");
  int64_t missing = 0;
  for (int64_t next = 2; next <= count; ++next) {
    if (names.Has(next)) {
      AddPart(names.Of(next), next, count, opened, model);
    } else if (missing == 0) {
      missing = next;
    }
  }
  const bool complete = total && std::cmp_greater_equal(model.tensors().size(), *total);
  VFFN_CHECK(missing == 0 || complete, model.origin(), ": the first of ", count,
             " parts of a split model. Part ", missing, " is missing: ", names.Of(missing).string());
  VFFN_CHECK(!total || complete, model.origin(), ": the ", count, " parts have ", model.tensors().size(),
             " tensors, should have ", total.value_or(0), " (split.tensors.count)");
  return model;
}

}  // namespace vffn
