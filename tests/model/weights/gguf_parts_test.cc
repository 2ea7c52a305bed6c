#include "base/mapped_file.h"
#include "model/weights/gguf_file.h"
#include "tests/model/weights/fixture.h"
#include "tests/model/weights/gguf_builder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

constexpr uint32_t kUint16 = 2;
constexpr uint32_t kInt32 = 5;

/// The model of the fixture in several files.
class GgufParts : public testing::Test {
 protected:
  GgufParts() : bytes_(ReadFile(TestData("weights/llama.gguf"))), whole_(bytes_, "fixture") {}

  static std::string Name(int number, int count) {
    return "m-0000" + std::to_string(number) + "-of-0000" + std::to_string(count) + ".gguf";
  }
  fs::path Part(int number, int count = 3) const { return folder_.path() / Name(number, count); }

  /// Writes part `number` of `count` (from 1) with every `count`-th tensor. The first has the metadata.
  void WritePart(int number, int count, int says_number, size_t total) const {
    GgufBuilder part;
    if (number == 1) {
      for (const auto& [key, value] : whole_.metadata()) {
        part.Value(key, value);
      }
    }
    part.Value("split.no", kUint16, Little(static_cast<uint16_t>(says_number - 1)));
    part.Value("split.count", kUint16, Little(static_cast<uint16_t>(count)));
    part.Value("split.tensors.count", kInt32, Little(static_cast<int32_t>(total)));
    for (size_t i = static_cast<size_t>(number - 1); i < whole_.tensors().size();
         i += static_cast<size_t>(count)) {
      const TensorView& tensor = whole_.tensors()[i];
      part.TensorWithData(tensor.name, tensor.shape, 0, std::string(tensor.bytes));
    }
    WriteFile(Part(number, count), part.Bytes());
  }
  void WritePart(int number) const { WritePart(number, 3, number, whole_.tensors().size()); }

  std::string Error(int number) const {
    return ErrorOf([&] { OpenCheckpoint(Part(number)); });
  }

  TemporaryFolder folder_;
  std::string bytes_;
  GgufFile whole_;
};

TEST_F(GgufParts, AreReadThroughTheFirst) {
  WritePart(1);
  WritePart(2);
  EXPECT_THAT(Error(1), AllOf(HasSubstr("the first of 3 parts of a split model. Part 3 is missing: "),
                              HasSubstr(Name(3, 3))));
  WritePart(3);
  const auto model = OpenCheckpoint(Part(1));
  ExpectSameWeights(*OpenCheckpoint(TestData("weights/llama.gguf")), *model);
  EXPECT_EQ(model->files(), (std::vector<fs::path>{Part(1), Part(2), Part(3)}));
  EXPECT_THAT(Error(2),
              AllOf(HasSubstr("part 2 of 3 of a split model: give the first"), HasSubstr(Name(1, 3))));
}

TEST_F(GgufParts, MustBelongTogether) {
  WritePart(1);
  WritePart(2, 3, 3, whole_.tensors().size());
  WritePart(3);
  EXPECT_THAT(Error(1), HasSubstr("split.no is 2 of 3, should be 1 of 3"));
  WritePart(2);
  WritePart(1, 3, 1, whole_.tensors().size() + 1);
  EXPECT_THAT(Error(1), HasSubstr("the 3 parts have 21 tensors, should have 22"));
  WritePart(1, 3, 5, whole_.tensors().size());
  EXPECT_THAT(Error(1), HasSubstr("split.no is 4 of 3 parts"));
}

TEST_F(GgufParts, AreNotNeededIfTheyHoldNothing) {
  WritePart(1, 1, 1, 21);  // says that it is whole
  EXPECT_EQ(ErrorOf([&] { OpenCheckpoint(Part(1, 1)); }), "");
  GgufBuilder all;
  for (const auto& [key, value] : whole_.metadata()) {
    all.Value(key, value);
  }
  all.Value("split.no", kUint16, Little<uint16_t>(0)).Value("split.count", kUint16, Little<uint16_t>(2));
  const std::string without_total = all.Bytes();
  all.Value("split.tensors.count", kInt32, Little(21));
  for (const TensorView& tensor : whole_.tensors()) {
    all.TensorWithData(tensor.name, tensor.shape, 0, std::string(tensor.bytes));
  }
  WriteFile(Part(1, 2), all.Bytes());
  EXPECT_EQ(ErrorOf([&] { OpenCheckpoint(Part(1, 2)); }), "");
  WriteFile(folder_.path() / "renamed.gguf", without_total);
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder_.path() / "renamed.gguf"); }),
              HasSubstr("Part 2 is missing: "));
}

}  // namespace
}  // namespace vffn
