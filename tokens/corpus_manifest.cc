#include "tokens/corpus_manifest.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/fields.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "base/sha256.h"
#include "tokens/staged_runs.h"

namespace vffn {
namespace {

constexpr const char* kManifestName = "tokens.json";

Json DescribeOrder(const OrderOptions& order) {
  switch (order.kind) {
    case OrderKind::kInput:
      return {{"kind", "input"}};
    case OrderKind::kShuffle:
      return {{"kind", "shuffle"}, {"seed", order.seed}};
    case OrderKind::kTables:
      break;
  }
  Json tables = Json::array();
  for (const std::string& path : order.tables) {
    Sha256 hash;
    hash.Update(ReadFileBytes(path));
    tables.push_back({{"path", path}, {"sha256", hash.Hex()}});
  }
  return {{"kind", "tables"}, {"tables", tables}};
}

OrderedJson SplitToJson(const SplitInfo& split) {
  OrderedJson files = OrderedJson::array();
  for (const TokenFileInfo& file : split.files) {
    files.push_back({{"name", file.name},
                     {"documents", file.documents},
                     {"tokens", file.tokens},
                     {"sha256", file.sha256}});
  }
  return {{"documents", split.documents}, {"tokens", split.tokens}, {"files", files}};
}

SplitInfo SplitFromJson(const Fields& fields) {
  SplitInfo split;
  split.documents = fields.Count("documents");
  split.tokens = fields.Count("tokens");
  for (const Json& file : fields.Require("files")) {
    const Fields info(file, fields.Where("files"));
    split.files.push_back({info.Get<std::string>("name"), info.Count("documents"), info.Count("tokens"),
                           info.Get<std::string>("sha256")});
  }
  return split;
}

}  // namespace

Json DescribeRun(const Tokenizer& tokenizer, TokenType type, const TokenizeCorpusOptions& options,
                 const std::vector<InputFile>& files) {
  Json run = {{"format", 1},
              {"tokenizer",
               {{"sha256", tokenizer.info().sha256},
                {"pipeline", tokenizer.info().pipeline},
                {"vocab_size", tokenizer.vocab_size()}}},
              {"token_type", NameOf(type)},
              {"eos_token_id", *options.eos},
              {"text_field", options.source.text_field},
              {"id_field", options.source.id_field},
              {"text_lines", options.source.text_lines},
              {"skip_bad", options.skip_bad},
              {"max_size", options.max_size},
              {"order", DescribeOrder(options.order)},
              {"held_out",
               {{"share", options.held_out.share},
                {"salt", options.held_out.salt},
                {"by", options.held_out.by_id ? "id" : "text"}}}};
  run["bos_token_id"] = options.bos ? Json(*options.bos) : Json();
  run["limit"] = options.limit ? Json(*options.limit) : Json();
  run["inputs"] = Json::array();
  for (const InputFile& file : files) {
    run["inputs"].push_back({{"path", file.path}, {"bytes", file.bytes}});
  }
  return run;
}

void WriteManifest(const std::filesystem::path& output, const Json& run, const std::string& program,
                   const std::vector<InputFile>& files, const std::vector<InputCounts>& counts,
                   const TokenizeCorpusResult& result) {
  OrderedJson inputs = OrderedJson::array();
  for (size_t i = 0; i < files.size(); ++i) {
    inputs.push_back({{"path", files[i].path},
                      {"bytes", files[i].bytes},
                      {"sha256", counts[i].sha256 ? OrderedJson(*counts[i].sha256) : OrderedJson()},
                      {"documents", counts[i].documents},
                      {"tokens", counts[i].tokens},
                      {"empty", counts[i].empty},
                      {"skipped", counts[i].skipped}});
  }
  const OrderedJson manifest = {{"program", program},
                                {"run", OrderedJson::parse(run.dump())},
                                {"train", SplitToJson(result.train)},
                                {"held_out", SplitToJson(result.held_out)},
                                {"empty", result.empty},
                                {"skipped", result.skipped},
                                {"inputs", inputs}};
  WriteFileAtomically(output / kManifestName, manifest.dump(2) + "\n");
}

std::optional<CorpusFiles> ReadCorpusFiles(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kManifestName;
  if (!std::filesystem::exists(path)) {
    return std::nullopt;
  }
  const Json manifest = ReadJsonFile(path);
  const Fields fields(manifest, path.string());
  return CorpusFiles{ParseTokenType(fields.Object("run").Get<std::string>("token_type")),
                     SplitFromJson(fields.Object("train")), SplitFromJson(fields.Object("held_out"))};
}

std::optional<TokenizeCorpusResult> ReadFinishedRun(const std::filesystem::path& output, const Json& run) {
  const std::filesystem::path path = output / kManifestName;
  if (!std::filesystem::exists(path)) {
    return std::nullopt;
  }
  const Json manifest = ReadJsonFile(path);
  const Fields fields(manifest, path.string());
  CheckSameJob(fields.Require("run"), run, path.string());
  TokenizeCorpusResult result;
  result.train = SplitFromJson(fields.Object("train"));
  result.held_out = SplitFromJson(fields.Object("held_out"));
  result.empty = fields.Count("empty");
  result.skipped = fields.Count("skipped");
  return result;
}

}  // namespace vffn
