#include "base/launch_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

using Environment = std::map<std::string, std::string>;

/// What launchers set, for one test.
class LaunchPlaceTest : public testing::Test {
 protected:
  void SetUp() override { Set({}); }
  void TearDown() override { Set({}); }

  static void Set(const Environment& environment) {
    for (const char* name :
         {"RANK", "WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMI_SIZE",
          "SLURM_PROCID", "SLURM_NTASKS", "SLURM_STEP_NUM_TASKS", "SLURM_STEP_ID", "SLURM_JOB_ID",
          "LOCAL_RANK", "LOCAL_WORLD_SIZE", "SLURM_LOCALID", "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"}) {
      unsetenv(name);
    }
    for (const auto& [name, value] : environment) {
      setenv(name.c_str(), value.c_str(), 1);
    }
  }

  static LaunchPlace Read(const Environment& environment) {
    Set(environment);
    return ReadLaunchPlace();
  }

  static std::string ErrorIn(const Environment& environment) {
    Set(environment);
    return ErrorOf([] { ReadLaunchPlace(); });
  }
};

TEST_F(LaunchPlaceTest, ParsesShardsFromZero) {
  EXPECT_EQ(ParseShard("3/16"), (Shard{.rank = 3, .count = 16}));
  EXPECT_EQ(ParseShard("0/1"), Shard());
  EXPECT_EQ(ToString(ParseShard("15/16")), "15/16");
  EXPECT_THAT(ErrorOf([] { ParseShard("16/16"); }),
              AllOf(HasSubstr("--shard 16/16"), HasSubstr("0/16 to 15/16")));
  EXPECT_THAT(ErrorOf([] { ParseShard("-1/16"); }), HasSubstr("0/16 to 15/16"));
  for (const char* wrong : {"", "3", "3/", "/16", "3/0", "3/-1", "a/b", "3/16/2", "3.0/16", " 3/16", "3 /16",
                            "3/99999999999", "all"}) {
    EXPECT_THAT(ErrorOf([&] { ParseShard(wrong); }), HasSubstr("expected RANK/COUNT")) << wrong;
  }
}

TEST_F(LaunchPlaceTest, IsOneProcessWithoutALauncher) {
  const LaunchPlace place = Read({});
  EXPECT_TRUE(place.shard.whole());
  EXPECT_THAT(place.origin, IsEmpty());
}

TEST_F(LaunchPlaceTest, FollowsEveryLauncher) {
  for (const auto& [rank, count] : {std::pair("RANK", "WORLD_SIZE"),
                                    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
                                    {"PMI_RANK", "PMI_SIZE"},
                                    {"SLURM_PROCID", "SLURM_NTASKS"},
                                    {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS"},
                                    {"JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"}}) {
    const LaunchPlace place = Read({{rank, "2"}, {count, "5"}});
    EXPECT_EQ(place.shard, (Shard{.rank = 2, .count = 5})) << rank;
    EXPECT_THAT(place.origin, AllOf(HasSubstr(rank), HasSubstr(count)));
    EXPECT_TRUE(Read({{rank, "0"}, {count, "1"}}).shard.whole()) << rank;
  }
}

TEST_F(LaunchPlaceTest, KnowsThePlaceOnTheMachine) {
  const LaunchPlace place =
      Read({{"RANK", "5"}, {"WORLD_SIZE", "8"}, {"LOCAL_RANK", "1"}, {"LOCAL_WORLD_SIZE", "4"}});
  EXPECT_EQ(place.local_rank, 1);
  EXPECT_EQ(place.local_count, 4);
  const LaunchPlace task = Read({{"SLURM_PROCID", "5"}, {"SLURM_NTASKS", "8"}, {"SLURM_LOCALID", "2"}});
  EXPECT_EQ(task.local_rank, 2);
  EXPECT_EQ(task.local_count, std::nullopt);
  EXPECT_EQ(Read({{"RANK", "5"}, {"WORLD_SIZE", "8"}}).local_rank, std::nullopt);
  EXPECT_THAT(ErrorIn({{"RANK", "5"}, {"WORLD_SIZE", "8"}, {"LOCAL_RANK", "x"}}), HasSubstr("LOCAL_RANK"));
}

TEST_F(LaunchPlaceTest, TheInnerLauncherCounts) {
  Environment environment = {{"JOB_COMPLETION_INDEX", "0"}, {"JOB_COMPLETIONS", "9"}};
  EXPECT_EQ(Read(environment).shard.count, 9);
  environment.insert({{"SLURM_PROCID", "1"}, {"SLURM_NTASKS", "8"}});
  EXPECT_EQ(Read(environment).shard.count, 8);
  environment.insert({{"PMI_RANK", "1"}, {"PMI_SIZE", "7"}});
  EXPECT_EQ(Read(environment).shard.count, 7);
  environment.insert({{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "6"}});
  EXPECT_EQ(Read(environment).shard.count, 6);
  environment.insert({{"RANK", "1"}, {"WORLD_SIZE", "5"}});
  EXPECT_EQ(Read(environment).shard.count, 5);
}

TEST_F(LaunchPlaceTest, NamesAVariableThatIsMissingOrMalformed) {
  EXPECT_THAT(ErrorIn({{"RANK", "1"}}), AllOf(HasSubstr("WORLD_SIZE is not set"), HasSubstr("RANK is")));
  EXPECT_THAT(ErrorIn({{"WORLD_SIZE", "4"}}), HasSubstr("RANK is not set"));
  EXPECT_THAT(ErrorIn({{"OMPI_COMM_WORLD_RANK", "1"}}), HasSubstr("OMPI_COMM_WORLD_SIZE is not set"));
  EXPECT_THAT(ErrorIn({{"JOB_COMPLETION_INDEX", "1"}}),
              AllOf(HasSubstr("JOB_COMPLETIONS is not set"), HasSubstr("number of completions")));
  EXPECT_THAT(ErrorIn({{"RANK", "4"}, {"WORLD_SIZE", "4"}}), HasSubstr("RANK is '4'"));
  EXPECT_THAT(ErrorIn({{"RANK", "one"}, {"WORLD_SIZE", "4"}}), HasSubstr("RANK is 'one'"));
  EXPECT_THAT(ErrorIn({{"RANK", "0"}, {"WORLD_SIZE", "0"}}), HasSubstr("WORLD_SIZE is '0'"));
  EXPECT_THAT(ErrorIn({{"SLURM_PROCID", "2"}}), HasSubstr("SLURM_PROCID is '2'"));
}

TEST_F(LaunchPlaceTest, CountsTheTasksOfTheStepAndNotOfTheJob) {
  EXPECT_EQ(Read({{"SLURM_PROCID", "1"}, {"SLURM_NTASKS", "16"}, {"SLURM_STEP_NUM_TASKS", "4"}}).shard,
            (Shard{.rank = 1, .count = 4}));
}

TEST_F(LaunchPlaceTest, ABatchScriptOfSlurmIsOneProcess) {
  Environment environment = {{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}, {"SLURM_JOB_ID", "200505"}};
  const LaunchPlace script = Read(environment);
  EXPECT_TRUE(script.shard.whole());
  EXPECT_THAT(script.note, AllOf(HasSubstr("SLURM_NTASKS is 4"), HasSubstr("srun")));
  environment["SLURM_STEP_ID"] = "0";
  EXPECT_EQ(Read(environment).shard.count, 4);
  EXPECT_TRUE(Read({{"SLURM_NTASKS", "4"}, {"SLURM_JOB_ID", "7"}}).shard.whole());  // a shell of salloc
  EXPECT_TRUE(Read({{"SLURM_PROCID", "0"}, {"SLURM_JOB_ID", "7"}}).shard.whole());
}

TEST_F(LaunchPlaceTest, TrainingFollowsTorchrunAlone) {
  Set({{"SLURM_PROCID", "1"}, {"SLURM_NTASKS", "8"}});
  EXPECT_FALSE(ReadTorchrunPlace().has_value());
  Set({{"RANK", "1"}, {"WORLD_SIZE", "3"}});
  ASSERT_TRUE(ReadTorchrunPlace().has_value());
  EXPECT_EQ(ReadTorchrunPlace()->shard, (Shard{.rank = 1, .count = 3}));
}

}  // namespace
}  // namespace vffn
