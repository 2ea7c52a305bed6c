#include "trace/branch_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::HasSubstr;

class BranchFeaturesFile : public testing::Test {
 protected:
  BranchFeatures features_ = {
      .task = "oe:a/b",
      .doc_id = 7,
      .d_model = 2,
      .tokens = {5, 6},
      .parents = {-1, 0},
      .layers = {{3, {{1, 2, 3, 4}, {5, 6, 7, 8}}}, {0, {{0, 1, 0, 1}, {1, 0, 1, 0}}}}};
  DocTrace doc_ = {.task = "oe:a/b", .doc_id = 7, .tokens = {5, 6, 9}, .parents = {-1, 0, 1}, .nodes_run = 2};
  TemporaryFolder folder_;
  std::filesystem::path trace_ = folder_ / "trace";
  std::filesystem::path file_ = BranchFeaturesPath(trace_, "oe:a/b", 7);
};

TEST_F(BranchFeaturesFile, ComesBackAsItWasWritten) {
  EXPECT_EQ(file_, folder_ / "trace.branches" / "oe:a_b-7.safetensors");
  EXPECT_EQ(BranchFeaturesPath(folder_ / "trace/", "oe:a/b", 7), file_);
  WriteBranchFeatures(file_, features_);
  const BranchFeatures read = ReadBranchFeatures(trace_, doc_);
  EXPECT_EQ(read.tokens, features_.tokens);
  EXPECT_EQ(read.parents, features_.parents);
  ASSERT_EQ(read.layers.size(), 2);
  EXPECT_EQ(read.layers.at(3).width_out, features_.layers.at(3).width_out);
  EXPECT_EQ(read.layers.at(3).depth_out, features_.layers.at(3).depth_out);
}

TEST_F(BranchFeaturesFile, RefusesWhatDoesNotFit) {
  EXPECT_THAT(ErrorOf([&] { ReadBranchFeatures(trace_, doc_); }), HasSubstr("--trace_features"));
  WriteBranchFeatures(file_, features_);
  doc_.tokens[1] = 8;
  EXPECT_THAT(ErrorOf([&] { ReadBranchFeatures(trace_, doc_); }), HasSubstr("another run"));
  features_.layers[0].depth_out[1] = std::numeric_limits<float>::infinity();
  WriteBranchFeatures(file_, features_);
  EXPECT_THAT(ErrorOf([&] { ReadBranchFeatures(trace_, doc_); }), HasSubstr("layer.0.depth_out holds inf"));
  features_.layers[0].depth_out.pop_back();
  EXPECT_THAT(ErrorOf([&] { WriteBranchFeatures(file_, features_); }), HasSubstr("layer 0 has 4 and 3"));
}

}  // namespace
}  // namespace vffn
