// Losses of the program compared with those of lm-evaluation-harness 0.4.13, llama.cpp's perplexity tool and
// OLMo's trainer themselves (tests/golden/loss).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>

#include "base/json.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"
#include "tests/eval/gzip_lines.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

const fs::path kLoss = fs::path(VFFN_TESTS_DIR) / "golden" / "loss";

/// The rows of a file of FOLDER/out after its header.
std::vector<Json> RowsOf(const fs::path& folder, const std::string& name) {
  std::vector<Json> rows = ReadGzipJsonLines((folder / "out" / name).string());
  rows.erase(rows.begin());
  return rows;
}

/// The documents of losses.jsonl, by index.
std::map<int64_t, Json> Documents(const fs::path& folder) {
  std::map<int64_t, Json> documents;
  for (const Json& row : RowsOf(folder, "losses.jsonl")) {
    if (!row.contains("window")) {
      documents[row.at("document")] = row;
    }
  }
  return documents;
}

double MeanOf(const fs::path& folder, const char* name) {
  return ReadJsonFile(folder / "out" / "loss_results.json").at("all").at(name).at("value").get<double>();
}

struct RollingRun {
  std::string name, golden, options;
};

std::ostream& operator<<(std::ostream& out, const RollingRun& run) { return out << run.name; }

Json RollingGolden(const std::string& name) {
  for (const Json& run : ReadGzipJsonLines((kLoss / "rolling.jsonl.gz").string())) {
    if (run.at("name") == name) {
      return run;
    }
  }
  throw std::runtime_error("no run " + name);
}

class RollingLoss : public testing::TestWithParam<RollingRun> {
 protected:
  void SetUp() override {
    golden_ = RollingGolden(GetParam().golden);
    const fs::path harness = fs::path(VFFN_TESTS_DIR) / "golden" / "harness";
    fs::copy(harness / "variants" / golden_.at("variant").get<std::string>(), folder_ / "model");
    fs::copy(harness / "model" / "model.safetensors", folder_ / "model");
    const ProgramRun run =
        RunProgram("loss --model model --output_path out --log_tokens --id_field id --text " +
                       (kLoss / "documents.jsonl").string() + " --rolling " + GetParam().options,
                   folder_.path());
    ASSERT_EQ(run.exit_code, 0) << run.output;
  }

  TemporaryFolder folder_;
  Json golden_;
};

TEST_P(RollingLoss, HasTheHarnesssDocuments) {
  const auto documents = Documents(folder_.path());
  int64_t index = 0;
  for (const Json& expected : golden_.at("documents")) {
    SCOPED_TRACE(expected.at("id").get<std::string>());
    ASSERT_TRUE(documents.contains(index));
    const Json& ours = documents.at(index++);
    EXPECT_EQ(ours.at("id"), expected.at("id"));
    EXPECT_EQ(ours.at("bytes"), expected.at("bytes"));
    EXPECT_EQ(ours.at("words"), expected.at("words"));
    int64_t tokens = 0;
    for (const Json& window : expected.at("windows")) {
      tokens += static_cast<int64_t>(window.at(1).size());
    }
    EXPECT_EQ(ours.at("tokens"), tokens);
    const double ll = expected.at("ll");
    EXPECT_NEAR(-ours.at("nll").get<double>(), ll, 1e-5 * std::abs(ll) + 1e-6);  // float32 on both sides
  }
  EXPECT_EQ(static_cast<int64_t>(documents.size()), index);
}

TEST_P(RollingLoss, PredictsTheSameTokensInTheSameWindows) {
  std::map<std::pair<int64_t, int64_t>, Json> windows;
  for (const Json& row : RowsOf(folder_.path(), "token_losses.jsonl")) {
    windows[{row.at("document"), row.at("window")}] = row.at("tokens");
  }
  size_t count = 0;
  for (int64_t document = 0; document < static_cast<int64_t>(golden_.at("documents").size()); ++document) {
    const Json& expected = golden_.at("documents").at(document).at("windows");
    for (int64_t window = 0; window < static_cast<int64_t>(expected.size()); ++window) {
      EXPECT_EQ((windows[{document, window}]), expected.at(window).at(1))
          << document << ", window " << window;
      ++count;
    }
  }
  EXPECT_EQ(windows.size(), count);
}

TEST_P(RollingLoss, HasTheHarnesssMetrics) {
  for (const char* metric : {"word_perplexity", "byte_perplexity", "bits_per_byte"}) {
    const double expected = golden_.at("metrics").at(metric);
    EXPECT_NEAR(MeanOf(folder_.path(), metric) / expected, 1, 1e-4) << metric;
  }
}

const std::vector<RollingRun> kRollingRuns = {
    {"TokenizerAddsNothing", "plain", ""},
    {"TokenizerAddsBos", "bos", ""},
    {"TokenizerAddsBosAndEos", "bos_eos", ""},
    {"TokenizerHasNoBos", "no_bos", ""},
    {"OtherPrefix", "plain_prefix_5", "--prefix_token_id 5"},
    {"ShortWindows", "plain_window_20", "--max_length 20"},
    {"OneTokenAtATime", "plain_window_1", "--max_length 1"},
};

INSTANTIATE_TEST_SUITE_P(Runs, RollingLoss, testing::ValuesIn(kRollingRuns),
                         [](const auto& info) { return info.param.name; });

/// model.gguf with another value of tokenizer.ggml.add_bos_token.
void CopyModel(const fs::path& path, bool add_bos) {
  std::string bytes = ReadFile(kLoss / "model.gguf");
  const std::string key = "tokenizer.ggml.add_bos_token";
  const size_t at = bytes.find(key);
  ASSERT_NE(at, std::string::npos);
  bytes.at(at + key.size() + 4) = static_cast<char>(add_bos);  // after the type, uint32
  WriteFile(path, bytes);
}

std::string Printed(double value, int decimals = 4) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

TEST(ChunkLoss, PrintsLlamaCppsDigits) {
  for (const Json& expected : ReadJsonFile(kLoss / "chunks.json")) {
    SCOPED_TRACE(expected.at("context").dump() + ", BOS " + expected.at("add_bos").dump());
    const TemporaryFolder folder;
    CopyModel(folder / "model.gguf", expected.at("add_bos"));
    const ProgramRun run = RunProgram(
        "loss --model model.gguf --output_path out --log_tokens --text " + (kLoss / "book.txt").string() +
            " --chunks " + expected.at("context").dump() + " --limit " + expected.at("chunks").dump(),
        folder.path());
    ASSERT_EQ(run.exit_code, 0) << run.output;
    double nll = 0, tokens = 0;
    const auto chunks = Documents(folder.path());
    ASSERT_EQ(chunks.size(), expected.at("running").size());
    for (const auto& [index, chunk] : chunks) {
      nll += chunk.at("nll").get<double>();
      tokens += chunk.at("tokens").get<double>();
      EXPECT_EQ(Printed(std::exp(nll / tokens)),
                expected.at("running").at(static_cast<size_t>(index)).get<std::string>());
    }
    EXPECT_EQ(Printed(MeanOf(folder.path(), "token_perplexity")), expected.at("final").get<std::string>());
    // Its error takes the tokens as independent: the perplexity times their standard deviation by the root of
    // n - 1.
    double squares = 0;
    for (const Json& row : RowsOf(folder.path(), "token_losses.jsonl")) {
      for (const double log_prob : row.at("log_probs")) {
        squares += log_prob * log_prob;
      }
    }
    const double mean = nll / tokens;
    const double error = std::sqrt((squares / tokens - mean * mean) / (tokens - 1)) * std::exp(mean);
    EXPECT_NEAR(error, std::stod(expected.at("error").get<std::string>()),
                1.01e-5);  // printed with five decimals
  }
}

class PackedLoss : public testing::TestWithParam<size_t> {
 protected:
  /// `vffn loss` on the golden's token files.
  void Run(const std::string& options) {
    fs::remove_all(folder_ / "tokens");
    fs::create_directories(folder_ / "tokens");
    for (const Json& name : golden_.at("files")) {
      const fs::path file = kLoss / name.get<std::string>();
      fs::copy(file, folder_ / "tokens");
      fs::copy(fs::path(file).replace_extension(".csv.gz"), folder_ / "tokens");
    }
    const ProgramRun run = RunProgram("loss --model " + (kLoss / "model.gguf").string() +
                                          " --output_path out --tokens tokens --token_type " +
                                          golden_.at("dtype").get<std::string>() + " --packed " +
                                          golden_.at("length").dump() + options,
                                      folder_.path());
    ASSERT_EQ(run.exit_code, 0) << run.output;
  }

  TemporaryFolder folder_;
  const Json golden_ = ReadJsonFile(kLoss / "packed.json").at(GetParam());
};

TEST_P(PackedLoss, HasOlmosSequences) {
  Run("");
  const auto sequences = Documents(folder_.path());
  ASSERT_EQ(sequences.size(), golden_.at("sequences").get<size_t>());
  for (const auto& [index, sequence] : sequences) {
    const double expected = golden_.at("sums").at(static_cast<size_t>(index));
    EXPECT_NEAR(sequence.at("nll").get<double>() / expected, 1, 1e-5) << index;
    EXPECT_EQ(sequence.at("tokens"), golden_.at("length").get<int64_t>() - 1);
  }
  EXPECT_NEAR(MeanOf(folder_.path(), "nats_per_token") / golden_.at("mean").get<double>(), 1, 1e-5);
}

TEST_P(PackedLoss, IsDividedByAllTokensOnRequest) {
  Run(" --loss_denominator sequence_tokens");
  EXPECT_NEAR(MeanOf(folder_.path(), "nats_per_token") / golden_.at("mean_by_batch_size").get<double>(), 1,
              1e-5);
}

INSTANTIATE_TEST_SUITE_P(Runs, PackedLoss, testing::Values(0, 1, 2));

}  // namespace
}  // namespace vffn
