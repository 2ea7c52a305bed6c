#include "tokens/tokenize_corpus.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/error.h"
#include "base/interrupted.h"
#include "base/json.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "tokens/chunk_queue.h"
#include "tokens/corpus_manifest.h"
#include "tokens/staged_documents.h"
#include "tokens/staged_runs.h"

namespace vffn {
namespace {

constexpr int64_t kMegabyte = 1'000'000;

/// Options with what they leave to the tokenizer. Throws Error if they contradict each other or it.
TokenizeCorpusOptions Complete(const Tokenizer& tokenizer, TokenizeCorpusOptions options) {
  VFFN_CHECK(
      options.eos.has_value(),
      "neither the tokenizer nor the files beside it name a token that ends a document; give its id with "
      "--eos_token_id");
  const int64_t vocab_size = tokenizer.vocab_size();
  for (const auto& id : {options.eos, options.bos}) {
    VFFN_CHECK(!id || (*id >= 0 && *id < vocab_size), "token id ", id.value_or(0),
               " is not in the vocabulary, which has the ids 0 to ", vocab_size - 1);
  }
  if (!options.type) {
    options.type = TokenTypeFor(vocab_size);
  }
  VFFN_CHECK(BytesOf(*options.type) >= BytesOf(TokenTypeFor(vocab_size)), "the vocabulary has ", vocab_size,
             " ids, too many for ", NameOf(*options.type), "; give --dtype uint32");
  VFFN_CHECK(options.held_out.share >= 0 && options.held_out.share < 1, "the share held out is ",
             options.held_out.share, "; it must be from 0 to below 1");
  VFFN_CHECK(options.max_size > 1, "--max_size must be above 1");
  VFFN_CHECK(options.source.chunk_bytes > 0 && options.range_bytes > 0, "sizes must be above 0");
  VFFN_CHECK(!options.limit || *options.limit > 0, "--limit must be above 0");
  options.workers = options.limit ? 1 : std::max(1, options.workers);
  return options;
}

void ThrowIfStopped(const TokenizeCorpusOptions& options) {
  if (options.stop.stop_requested()) {
    throw Interrupted("interrupted; --resume continues the run in " + options.output.string());
  }
}

/// First step: the documents of the input to runs.
class Tokenization {
 public:
  Tokenization(const Tokenizer& tokenizer, const TokenizeCorpusOptions& options,
               const std::vector<InputFile>& files, const DocumentOrder& order, StagedRuns& runs)
      : tokenizer_(tokenizer), options_(options), files_(files), order_(order), runs_(runs) {
    for (const RunRecord& record : runs.records()) {
      documents_ += record.documents;
    }
  }

  void Run() {
    int64_t total = 0;
    for (const InputFile& file : files_) {
      total += file.bytes;
    }
    progress_.Start("tokenizing", "MB", total / kMegabyte);
    ChunkQueue queue(
        files_, options_.source,
        {[&](size_t file) { return runs_.HashOf(file).has_value(); },
         [&](size_t file, int64_t chunks, const std::string& sha256) { runs_.AddEnd(file, chunks, sha256); },
         [&](int64_t bytes) { Advance(bytes); }});
    std::atomic<bool> failed = false;
    RunWorkers(options_.workers, failed, [&](int worker) {
      QueuedChunk chunk;
      while (!failed && !options_.stop.stop_requested() && !LimitReached() && queue.Next(chunk)) {
        if (!runs_.Has(chunk.file, chunk.index)) {
          Tokenize(worker, chunk);
        }
      }
    });
    runs_.Commit();
    progress_.Finish();
    ThrowIfStopped(options_);
  }

 private:
  bool LimitReached() const { return options_.limit && documents_ >= *options_.limit; }

  void Advance(int64_t bytes) {
    const int64_t before = bytes_.fetch_add(bytes);
    progress_.Advance((before + bytes) / kMegabyte - before / kMegabyte);
  }

  void Tokenize(int worker, const QueuedChunk& chunk) {
    thread_local RunBuilder builder;
    builder.Clear();
    const InputFile& file = files_[chunk.file];
    RunRecord record;
    record.file = chunk.file;
    record.chunk = chunk.index;
    std::string bytes;
    const auto add = [&](const Document& document) {
      const auto key = order_.KeyOf(chunk.file, file.path, document.location);
      if (key) {
        const int64_t tokens = Encode(document.text, bytes);
        VFFN_CHECK(tokens < options_.max_size, file.path, ": document ", document.location, " has ", tokens,
                   " tokens, and a file has fewer than --max_size ", options_.max_size,
                   "; give a larger --max_size");
        record.tokens += tokens;
        const bool held_out =
            IsHeldOut(options_.held_out, options_.held_out.by_id ? document.id : document.text);
        builder.Add(*key, document.location, document.id, held_out, bytes);
        ++documents_;
      }
      return !LimitReached();
    };
    const ParsedChunk parsed = ParseChunk(file, options_.source, chunk.chunk, options_.skip_bad, add);
    record.documents = builder.documents();
    record.empty = parsed.empty;
    record.skipped = parsed.skipped;
    runs_.Add(worker, record, builder.Serialize());
  }

  /// Ids with bos and eos, unless they are there already, as bytes; returns how many.
  int64_t Encode(std::string_view text, std::string& bytes) const {
    std::vector<TokenId> ids = tokenizer_.Encode(text);
    if (!ids.empty() && options_.bos && ids.front() != *options_.bos) {
      ids.insert(ids.begin(), static_cast<TokenId>(*options_.bos));
    }
    if (!ids.empty() && ids.back() != *options_.eos) {
      ids.push_back(static_cast<TokenId>(*options_.eos));
    }
    bytes.resize(ids.size() * static_cast<size_t>(BytesOf(*options_.type)));
    if (*options_.type == TokenType::kUint16) {
      auto* out = reinterpret_cast<uint16_t*>(bytes.data());
      std::transform(ids.begin(), ids.end(), out, [](TokenId id) { return static_cast<uint16_t>(id); });
    } else {
      std::copy_n(reinterpret_cast<const char*>(ids.data()), bytes.size(), bytes.data());
    }
    return static_cast<int64_t>(ids.size());
  }

  const Tokenizer& tokenizer_;
  const TokenizeCorpusOptions& options_;
  const std::vector<InputFile>& files_;
  const DocumentOrder& order_;
  StagedRuns& runs_;
  Progress progress_;
  std::atomic<int64_t> bytes_ = 0, documents_ = 0;
};

/// The token files of one side of the split.
class SplitWriter {
 public:
  SplitWriter(const std::filesystem::path& folder, const TokenizeCorpusOptions& options)
      : by_table_(options.order.kind == OrderKind::kTables),
        writer_(folder, *options.type, options.max_size) {}

  void Append(const OrderedDocument& document, const std::string& source) {
    if (by_table_) {
      const size_t table = DocumentOrder::TableOf(document.key);
      if (table != table_) {
        writer_.EndFile();
      }
      table_ = table;
    }
    writer_.Append(document.tokens, document.id, source, document.location);
  }

  SplitInfo Finish() {
    SplitInfo split;
    split.files = writer_.Finish();
    for (const TokenFileInfo& file : split.files) {
      split.documents += file.documents;
      split.tokens += file.tokens;
    }
    return split;
  }

 private:
  bool by_table_;
  size_t table_ = 0;
  TokenFileWriter writer_;
};

/// Second step: runs to token files.
TokenizeCorpusResult WriteTokenFiles(const TokenizeCorpusOptions& options,
                                     const std::vector<InputFile>& files, const StagedRuns& runs) {
  const bool splits = options.held_out.share > 0;
  const std::filesystem::path held_out_folder = options.output / "held_out";
  if (splits) {
    std::filesystem::create_directories(held_out_folder);
  }
  SplitWriter train(options.output, options), held_out(held_out_folder, options);
  int64_t total = 0;
  for (const RunRecord& record : runs.records()) {
    total += record.tokens;
  }
  Progress progress;
  progress.Start("writing", "Mtok", total / kMegabyte);
  int64_t written = 0;
  const auto append = [&](const OrderedDocument& document) {
    (document.held_out ? held_out : train).Append(document, files[document.file].path);
    const int64_t before = written;
    written += static_cast<int64_t>(document.tokens.size()) / BytesOf(*options.type);
    progress.Advance(written / kMegabyte - before / kMegabyte);
    ThrowIfStopped(options);
  };
  StagedDocuments(runs).ForEach(options.order.kind, options.range_bytes, append);
  TokenizeCorpusResult result;
  result.train = train.Finish();
  result.held_out = held_out.Finish();
  progress.Finish();
  return result;
}

std::vector<InputCounts> CountInputs(const std::vector<InputFile>& files, const StagedRuns& runs) {
  std::vector<InputCounts> counts(files.size());
  for (const RunRecord& record : runs.records()) {
    InputCounts& file = counts[record.file];
    file.documents += record.documents;
    file.tokens += record.tokens;
    file.empty += record.empty;
    file.skipped += record.skipped;
  }
  for (size_t i = 0; i < files.size(); ++i) {
    counts[i].sha256 = runs.HashOf(i);
  }
  return counts;
}

void CheckFoundAll(const DocumentOrder& order, const std::vector<InputCounts>& counts) {
  int64_t found = 0;
  for (const InputCounts& file : counts) {
    found += file.documents;
  }
  VFFN_CHECK(order.kind() != OrderKind::kTables || found == order.listed(), "the border tables name ",
             order.listed(), " documents, and the inputs have ", found,
             " of them; paths must be written as in the tables, and all documents be readable");
}

/// `run` and what only matters until the run is finished.
Json DescribeJob(const Json& run, const TokenizeCorpusOptions& options, const std::vector<InputFile>& files) {
  Json job = run;
  job["chunk_bytes"] = options.source.chunk_bytes;
  for (size_t i = 0; i < files.size(); ++i) {
    const auto modified = std::filesystem::last_write_time(files[i].path).time_since_epoch();
    job["inputs"][i]["modified"] = std::chrono::duration_cast<std::chrono::nanoseconds>(modified).count();
  }
  return job;
}

/// Removes what a killed program left half written.
void RemoveTemporaryFiles(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder)) {
    return;
  }
  std::vector<std::filesystem::path> left;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if ((name.starts_with(".part-0-") || name.starts_with(".tokens.json.")) && name.ends_with(".tmp")) {
      left.push_back(entry.path());
    }
  }
  for (const std::filesystem::path& path : left) {
    std::filesystem::remove(path);
  }
}

void CheckOutput(const TokenizeCorpusOptions& options, const std::filesystem::path& unfinished) {
  const std::filesystem::path& output = options.output;
  VFFN_CHECK(!std::filesystem::exists(output) || std::filesystem::is_directory(output), output.string(),
             ": is a file; --output needs a folder");
  VFFN_CHECK(options.resume || !std::filesystem::exists(unfinished), output.string(),
             ": holds a run that was not finished; go on with it with --resume, or delete ",
             unfinished.string());
  VFFN_CHECK(options.resume || !std::filesystem::exists(output / "tokens.json"), output.string(),
             ": holds token files already; give another --output");
  if (!std::filesystem::exists(unfinished) && !std::filesystem::exists(output / "tokens.json")) {
    VFFN_CHECK(!std::filesystem::exists(output) || std::filesystem::is_empty(output), output.string(),
               ": is not empty; give a new folder");
  }
}

}  // namespace

TokenizeCorpusResult TokenizeCorpus(const Tokenizer& tokenizer, const TokenizeCorpusOptions& given) {
  const TokenizeCorpusOptions options = Complete(tokenizer, given);
  const std::vector<InputFile> files = ListInputFiles(options.inputs);
  const DocumentOrder order(options.order);
  const Json run = DescribeRun(tokenizer, *options.type, options, files);
  const std::filesystem::path unfinished = options.output / "unfinished";
  CheckOutput(options, unfinished);
  if (const auto result = ReadFinishedRun(options.output, run)) {
    std::filesystem::remove_all(unfinished);
    return *result;
  }
  TokenizeCorpusResult result;
  std::vector<InputCounts> counts;
  {
    StagedRuns runs(unfinished, DescribeJob(run, options, files), options.workers, options.commit_interval);
    Tokenization(tokenizer, options, files, order, runs).Run();
    counts = CountInputs(files, runs);
    CheckFoundAll(order, counts);
    for (const auto& folder : {options.output, options.output / "held_out"}) {
      RemoveTemporaryFiles(folder);
    }
    result = WriteTokenFiles(options, files, runs);
    for (const InputCounts& file : counts) {
      result.empty += file.empty;
      result.skipped += file.skipped;
    }
    WriteManifest(options.output, run, options.program, files, counts, result);
  }
  std::filesystem::remove_all(unfinished);
  return result;
}

}  // namespace vffn
