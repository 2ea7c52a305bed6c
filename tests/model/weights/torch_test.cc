#include <map>

#include "model/weights/safetensors_file.h"
#include "model/weights/state_dict_pickle.h"
#include "model/weights/torch_file.h"
#include "model/weights/zip_file.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using namespace std::string_literals;

std::string ErrorInFile(const std::string& name) {
  const std::string bytes = ReadFile(TestData("weights/torch/" + name));
  return ErrorOf([&] { ReadTorchFile(bytes, name); });
}

std::string ErrorInPickle(const std::string& pickle) {
  return ErrorOf([&] { ReadStateDictPickle(pickle, "data.pkl"); });
}

/// A file of torch.save, and its tensors as PyTorch reads them (real numbers as float32).
struct SavedFile {
  const char* file;
  const char* expected;
};

class SavedFiles : public testing::TestWithParam<SavedFile> {};

TEST_P(SavedFiles, AreWhatPyTorchSees) {
  const std::string expected_bytes =
      ReadFile(TestData(std::string("weights/torch/") + GetParam().expected + ".safetensors"));
  std::map<std::string, TensorView> expected;
  for (const TensorView& tensor : ReadSafetensors(expected_bytes, GetParam().expected)) {
    expected[tensor.name] = tensor;
  }
  const std::string bytes = ReadFile(TestData(std::string("weights/torch/") + GetParam().file + ".pt"));
  const std::vector<TensorView> tensors = ReadTorchFile(bytes, GetParam().file);
  EXPECT_EQ(tensors.size(), expected.size());
  for (const TensorView& tensor : tensors) {
    EXPECT_EQ(tensor.shape, expected.at(tensor.name).shape) << tensor.name;
    if (FormatOf(tensor.type).real) {
      EXPECT_EQ(Values(tensor), Values(expected.at(tensor.name))) << tensor.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, SavedFiles,
                         testing::Values(SavedFile{"views", "views"}, SavedFile{"views_protocol4", "views"},
                                         SavedFile{"legacy", "views"}, SavedFile{"nested_model", "state"},
                                         SavedFile{"nested_model_legacy", "state"},
                                         SavedFile{"nested_twice", "state"}, SavedFile{"odd", "odd"}),
                         [](const auto& info) { return std::string(info.param.file); });

TEST(ReadTorchFile, SharesStoragesWithoutCopying) {
  const std::string bytes = ReadFile(TestData("weights/torch/views.pt"));
  std::map<std::string, const char*> starts;
  for (const TensorView& tensor : ReadTorchFile(bytes, "x")) {
    starts[tensor.name] = tensor.bytes.data();
  }
  EXPECT_EQ(starts["plain"], starts["transposed"]);
  EXPECT_EQ(starts["one_row"], starts["plain"] + 3 * 8 * 4);
  EXPECT_GE(starts["plain"], bytes.data());
  EXPECT_LT(starts["plain"], bytes.data() + bytes.size());
}

TEST(ReadTorchFile, ExecutesNothingAndNamesWhatWasAskedFor) {
  EXPECT_THAT(ErrorInFile("evil.pt"),
              AllOf(HasSubstr("it asks for posix.system"), HasSubstr("Nothing was executed")));
  EXPECT_THAT(ErrorInFile("evil_protocol4.pt"), HasSubstr("it asks for builtins.eval"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/vffn_pickle_was_executed"));
}

TEST(ReadTorchFile, RefusesOtherKindsOfFiles) {
  EXPECT_THAT(ErrorInFile("nested.pt"), HasSubstr("the value of a should be a tensor, is a dict"));
  EXPECT_THAT(ErrorInFile("two_models.pt"), HasSubstr("there are tensors under model and under module"));
  EXPECT_THAT(ErrorInFile("other_key.pt"), HasSubstr("the value of weights should be a tensor, is a dict"));
  EXPECT_THAT(ErrorInFile("megatron.pt"), HasSubstr("a checkpoint of Megatron-LM"));
  EXPECT_THAT(ErrorInFile("namespace.pt"),
              HasSubstr("it asks for argparse.Namespace: it holds the options of a training script"));
  EXPECT_THAT(ErrorInFile("module.pt"),
              HasSubstr("it asks for torch.nn.modules.linear.Linear: it holds a whole model object"));
  EXPECT_THAT(ErrorOf([] { ReadTorchFile("hello", "x"); }), HasSubstr("neither a zip archive nor a pickle"));
  EXPECT_THAT(ErrorOf([] { ReadTorchFile("\x80\x02}.", "x"); }), HasSubstr("not made by torch.save"));
}

class DamagedFiles : public testing::TestWithParam<const char*> {};

TEST_P(DamagedFiles, AreRefusedOrReadInsideTheirBytes) {
  const std::string bytes = ReadFile(TestData(std::string("weights/torch/") + GetParam()));
  const auto parse = [](std::string_view damaged) {
    for (const TensorView& tensor : ReadTorchFile(damaged, "x")) {
      if (FormatOf(tensor.type).real && Elements(tensor.shape) < 10000) {
        Values(tensor);  // a damaged view must still lie inside the file
      }
    }
  };
  ExpectTruncationsRefused(bytes, bytes.size(), parse);
  EXPECT_GT(FlipBits(bytes, 0, bytes.size(), parse), 5000);
}

INSTANTIATE_TEST_SUITE_P(All, DamagedFiles, testing::Values("views.pt", "legacy.pt", "odd.pt"),
                         [](const auto& info) { return std::string(info.param, 0, 3); });

/// A tensor over storage "0" of `elements` floats, pickled as torch does.
std::string PickledTensorBytes(int32_t elements, int32_t offset, int32_t size, int32_t stride) {
  const auto number = [](int32_t value) {
    return "J" + std::string(reinterpret_cast<const char*>(&value), 4);
  };
  const auto text = [](const std::string& value) {
    return "X" + std::string(1, static_cast<char>(value.size())) + "\0\0\0"s + value;
  };
  return "\x80\x02}"s + text("w") + "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") +
         "ctorch\nFloatStorage\n" + text("0") + text("cpu") + number(elements) + "tQ" + number(offset) +
         number(size) + "\x85" + number(stride) +
         "\x85\x89"
         "ccollections\nOrderedDict\n)RtRs.";
}

TEST(ReadStateDictPickle, ReadsAViewAsPickled) {
  const std::vector<PickledTensor> tensors = ReadStateDictPickle(PickledTensorBytes(10, 1, 3, 2), "data.pkl");
  ASSERT_EQ(tensors.size(), 1);
  EXPECT_EQ(tensors[0].name, "w");
  EXPECT_EQ(tensors[0].storage, "0");
  EXPECT_EQ(tensors[0].type, ElementType::kF32);
  EXPECT_EQ(tensors[0].storage_elements, 10);
  EXPECT_EQ(tensors[0].offset, 1);
  EXPECT_EQ(tensors[0].shape, std::vector<int64_t>{3});
  EXPECT_EQ(tensors[0].strides, std::vector<int64_t>{2});
}

TEST(ReadStateDictPickle, RefusesMalformedPickles) {
  EXPECT_THAT(ErrorInPickle(""), HasSubstr("opcode at byte 0"));
  EXPECT_THAT(ErrorInPickle("."), HasSubstr("does not end with exactly one object"));
  EXPECT_THAT(ErrorInPickle("}}."), HasSubstr("does not end with exactly one object"));
  EXPECT_THAT(ErrorInPickle("0."), HasSubstr("byte 0: the stack is empty"));
  EXPECT_THAT(ErrorInPickle("N(0."), HasSubstr("the stack is empty"));
  EXPECT_THAT(ErrorInPickle("}t."), HasSubstr("there is no mark"));
  EXPECT_THAT(ErrorInPickle("}(Nu."), HasSubstr("a key without a value"));
  EXPECT_THAT(ErrorInPickle("}NNs."), HasSubstr("the keys are: ?"));
  EXPECT_THAT(ErrorInPickle("h\7."), HasSubstr("nothing was stored under memo 7"));
  EXPECT_THAT(ErrorInPickle("N)R."), HasSubstr("what REDUCE calls should be a global, is a None"));
  EXPECT_THAT(ErrorInPickle("ctorch\nFloatStorage\n)R."), HasSubstr("REDUCE calls torch.FloatStorage"));
  EXPECT_THAT(ErrorInPickle("N)b."), HasSubstr("the target of BUILD should be a dict"));
  EXPECT_THAT(ErrorInPickle("cos\nsystem\n."), HasSubstr("it asks for os.system"));
  EXPECT_THAT(ErrorInPickle("\x80\x06."), HasSubstr("protocol 6 is not supported"));
  EXPECT_THAT(ErrorInPickle("ios\nsystem\n."), HasSubstr("opcode 105 is not one that a state dict needs"));
  EXPECT_THAT(ErrorInPickle("\x8a\x09"
                            "123456789."),
              HasSubstr("what was saved should be a dict, is a long int"));
  EXPECT_THAT(ErrorInPickle("X\xff\xff\xff\xff"), HasSubstr("needs 4294967295 bytes"));
  EXPECT_THAT(ErrorInPickle("}(X\1\0\0\0aNX\1\0\0\0aNu."s),
              HasSubstr("it holds no state dict: no value is a tensor"));
}

TEST(ReadStateDictPickle, IsNotExhaustedByDepthSizeOrCycles) {
  EXPECT_THAT(ErrorInPickle(std::string(1000000, ']') + std::string(999999, 'a') + "."),
              HasSubstr("should be a dict"));
  EXPECT_THAT(ErrorInPickle(std::string(5000000, 'N') + "."), HasSubstr("more than 4000000 objects"));
  EXPECT_THAT(ErrorInPickle("}q\0X\1\0\0\0ah\0s."s), HasSubstr("the keys are: a"));
  EXPECT_THAT(ErrorInPickle("}q\0X\5\0\0\0modelh\0s."s), HasSubstr("the keys are: model"));
  std::string pairs = "(";
  for (int i = 0; i < 3000; ++i) {
    pairs += "NN\x86";
  }
  std::string many = "]q\0"s + pairs + "e0";
  for (int i = 0; i < 3000; ++i) {
    many += "ccollections\nOrderedDict\nh\0\x85R0"s;
  }
  EXPECT_THAT(ErrorInPickle(many + "}."), HasSubstr("more than 4000000 items"));
}

TEST(MakeStridedView, RefusesViewsOutsideTheirStorage) {
  const std::string storage(40, '\0');
  const auto error = [&](std::vector<int64_t> shape, std::vector<int64_t> strides, int64_t offset) {
    return ErrorOf([&] { MakeStridedView("w", ElementType::kF32, shape, strides, offset, storage, "x"); });
  };
  EXPECT_EQ(error({3}, {4}, 1), "");
  EXPECT_EQ(error({10}, {1}, 0), "");
  EXPECT_EQ(error({1000}, {0}, 9), "");
  EXPECT_EQ(error({0, 7}, {7, 1}, 99), "");
  EXPECT_EQ(error({}, {}, 9), "");
  EXPECT_THAT(error({11}, {1}, 0), HasSubstr("reach outside its storage, which has 10 elements of F32"));
  EXPECT_THAT(error({3}, {4}, 2), HasSubstr("outside"));
  EXPECT_THAT(error({}, {}, 10), HasSubstr("outside"));
  EXPECT_THAT(error({1}, {1}, -1), HasSubstr("outside"));
  EXPECT_THAT(error({2}, {-1}, 5), HasSubstr("outside"));
  EXPECT_THAT(error({2}, {INT64_MAX}, INT64_MAX), HasSubstr("outside"));
  EXPECT_THAT(error({3, 3}, {INT64_MAX, 1}, 0), HasSubstr("outside"));
  EXPECT_THAT(error({INT64_MAX, 3}, {0, 0}, 0), HasSubstr("overflows"));
  EXPECT_THAT(error({-1}, {1}, 0), HasSubstr("negative dimension"));
  EXPECT_THAT(error({2}, {1, 1}, 0), HasSubstr("1 sizes but 2 strides"));
}

TEST(ReadZip, RefusesCompressedEntries) {
  // Python: zipfile.ZipFile(file, "w").writestr(zipfile.ZipInfo("a"), b"b" * 9, zipfile.ZIP_DEFLATED)
  const unsigned char bytes[] = {80,  75,  3, 4, 20,  0,  0,  0, 8, 0,  0,  0,  33, 0,  109, 228, 190, 146,
                                 5,   0,   0, 0, 9,   0,  0,  0, 1, 0,  0,  0,  97, 75, 74,  130, 2,   0,
                                 80,  75,  1, 2, 20,  3,  20, 0, 0, 0,  8,  0,  0,  0,  33,  0,   109, 228,
                                 190, 146, 5, 0, 0,   0,  9,  0, 0, 0,  1,  0,  0,  0,  0,   0,   0,   0,
                                 0,   0,   0, 0, 128, 1,  0,  0, 0, 0,  97, 80, 75, 5,  6,   0,   0,   0,
                                 0,   1,   0, 1, 0,   47, 0,  0, 0, 36, 0,  0,  0,  0,  0};
  const std::string_view archive(reinterpret_cast<const char*>(bytes), sizeof(bytes));
  EXPECT_THAT(ErrorOf([&] { ReadZip(archive, "x"); }), HasSubstr("zip entry a is compressed (method 8)"));
}

TEST(ReadZip, RefusesRecordsShorterThanTheirTensors) {
  std::string bytes = ReadFile(TestData("weights/torch/views.pt"));
  const std::string_view pickle = ReadZip(bytes, "x").at("views/data.pkl");
  const size_t count =
      bytes.find("K\x30", static_cast<size_t>(pickle.data() - bytes.data()));  // 48 = 6 x 8 elements
  bytes[count + 1] = 49;
  EXPECT_THAT(ErrorOf([&] { ReadTorchFile(bytes, "x"); }),
              HasSubstr("its storage should have 49 elements of F32, but record data/0 has 192 bytes"));
}

// Python 2 pickled str in opcodes of its own, and an OrderedDict as a list of pairs; a storage that is a view
// of another has six items.
TEST(ReadStateDictPickle, ReadsPicklesOfPython2AndViewsOfStorages) {
  const std::string tensor =
      "ctorch._utils\n_rebuild_tensor\n((U\7storagectorch\nHalfStorage\nU\3keyU\3cpuK\x0a("
      "U\4viewK\3K\5ttQK\1K\2\x85K"
      "\2\x85tR"s;
  const std::vector<PickledTensor> tensors =
      ReadStateDictPickle("\x80\2ccollections\nOrderedDict\n](]U\1wa" + tensor + "ae\x85R."s, "data.pkl");
  ASSERT_EQ(tensors.size(), 1);
  EXPECT_EQ(tensors[0].name, "w");
  EXPECT_EQ(tensors[0].storage, "key");
  EXPECT_EQ(tensors[0].type, ElementType::kF16);
  EXPECT_EQ(tensors[0].storage_elements, 10);
  EXPECT_EQ(tensors[0].offset, 4);
  EXPECT_EQ(tensors[0].shape, std::vector<int64_t>{2});
}

}  // namespace
}  // namespace vffn
