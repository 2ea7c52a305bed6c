#include "reports/comparison/loss_pairing.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "reports/tables/number_text.h"
#include "runs/scores/recorded_run.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOneTokenizer =
    "if it is one tokenizer in two files (tokenizer.json and GGUF), measure both with the same --tokenizer";

fs::path OnlyLosses(const RunFolder& folder, const std::vector<fs::path>& files) {
  std::string listing;
  for (const fs::path& file : files) {
    listing += "\n  " + file.string();
  }
  VFFN_CHECK(files.size() == 1 || files.front() == folder.losses(""), folder.path().string(),
             ": there are losses under several model options; name one of", listing);
  return files.front();
}

/// A file of scores means the scores alone.
bool IsFileOfScores(NamedKind kind) {
  return kind == NamedKind::kLedger || kind == NamedKind::kResults || kind == NamedKind::kSamples;
}

std::optional<fs::path> FindLosses(const fs::path& path) {
  const std::optional<NamedRun> named = FindRunIfAny(path, RunContent::kLosses);
  if (!named || IsFileOfScores(named->kind)) {
    return std::nullopt;
  }
  return named->kind == NamedKind::kLosses ? named->named
                                           : OnlyLosses(named->folder, named->folder.LossFiles());
}

void CheckSameField(const std::string& what, const std::string& a, const std::string& b, const LossSet& a_set,
                    const LossSet& b_set) {
  VFFN_CHECK(a == b, "losses cannot be paired: ", what, " is ", a, " in ", a_set.file.string(), " and ", b,
             " in ", b_set.file.string());
}

void CheckSameWindow(const LossSet& a, const LossSet& b, bool same_tokens) {
  for (const WindowDifference& difference :
       DifferencesOf(a.contents.header.window, b.contents.header.window)) {
    if (same_tokens || difference.field != "prefix") {  // the same token has another id there
      CheckSameField("window." + difference.field, difference.a, difference.b, a, b);
    }
  }
  VFFN_CHECK(
      same_tokens || !a.contents.header.window.of_stream(), "losses cannot be paired: the tokenizers of ",
      a.name, " and ", b.name, " differ, and windows of kind ", NameOf(a.contents.header.window.kind),
      " cut the text where tokens end: their pieces are not the same text. Measure both with --rolling; ",
      kOneTokenizer);
}

/// The documents that `other` lacks.
void ReportOnly(const LossSet& from, const LossSet& other, bool common_docs,
                std::vector<std::string>& notes) {
  constexpr size_t kMost = 10;
  size_t count = 0;
  std::string listing;
  for (const auto& [index, document] : from.contents.documents) {
    if (!other.contents.documents.contains(index)) {
      listing += count < kMost    ? (count == 0 ? "" : ", ") + std::to_string(index)
                 : count == kMost ? " ..."
                                  : "";
      ++count;
    }
  }
  if (count == 0) {
    return;
  }
  const std::string what = std::to_string(count) + (count == 1 ? " document is in " : " documents are in ") +
                           from.name + " and not in " + other.name + " (" + listing + ")";
  VFFN_CHECK(common_docs, "losses: ", what,
             "; measure the others with 'vffn loss --resume', or compare what both have with --common_docs");
  notes.push_back(what + "; left out");
}

void NoteUnfinished(const LossSet& set, std::vector<std::string>& notes) {
  if (const size_t count = set.contents.windows.size(); count > 0) {
    notes.push_back("INCOMPLETE in " + set.name + ", documents that were begun: " + std::to_string(count) +
                    "; 'vffn loss --resume' finishes them");
  }
}

void NoteDifferences(const LossSet& a, const LossSet& b, bool same_tokens, std::vector<std::string>& notes) {
  const RunIdentity& of_a = a.contents.header.identity;
  const RunIdentity& of_b = b.contents.header.identity;
  if (!same_tokens) {
    notes.push_back(
        "the tokenizers differ: nats a token of A and of B are of other tokens and are not compared; compare "
        "bits a byte. The windows have the same number of tokens, which is another length of text");
    notes.push_back(kOneTokenizer);
  }
  if (of_a.dtype != of_b.dtype) {
    notes.push_back("dtype: A " + of_a.dtype + ", B " + of_b.dtype);
  }
  if (of_a.model_sha256 == of_b.model_sha256 && of_a.ffn == of_b.ffn) {
    notes.push_back("A and B are the same model: what differs is rounding, or how they were computed");
  }
}

}  // namespace

std::optional<LossSet> ReadLossSet(const std::string& name) {
  const std::optional<fs::path> file = FindLosses(name);
  if (!file) {
    return std::nullopt;
  }
  const RunFolder folder = RunFolder::Of(*file);
  LossContents contents = ReadLosses(*file);
  const bool untrained =
      contents.header.untrained || IsUntrainedRun(folder) || ReadRunNotes(folder.notes()).untrained;
  return LossSet{.name = ModelLabel(name, untrained), .file = *file, .contents = std::move(contents)};
}

LossPairing PairLosses(const LossSet& a, const LossSet& b, bool common_docs) {
  const LossHeader& of_a = a.contents.header;
  const LossHeader& of_b = b.contents.header;
  LossPairing pairing{.same_tokens = of_a.identity.tokenizer_sha256 == of_b.identity.tokenizer_sha256};
  CheckSameWindow(a, b, pairing.same_tokens);
  CheckSameField("the SHA-256 of the text", of_a.text_sha256, of_b.text_sha256, a, b);
  ReportOnly(a, b, common_docs, pairing.notes);
  ReportOnly(b, a, common_docs, pairing.notes);
  LossContents common{.header = of_a};
  for (const auto& [index, document] : a.contents.documents) {
    const auto other = b.contents.documents.find(index);
    if (other != b.contents.documents.end()) {
      pairing.documents.push_back({index, document, other->second});
      common.documents.emplace(index, document);
    }
  }
  VFFN_CHECK(!pairing.documents.empty(), "losses: no document is in both ", a.name, " and ", b.name);
  pairing.notes.insert(pairing.notes.begin(), {"text: " + TextOf(common), "windows: " + TextOf(of_a.window)});
  NoteUnfinished(a, pairing.notes);
  NoteUnfinished(b, pairing.notes);
  NoteDifferences(a, b, pairing.same_tokens, pairing.notes);
  return pairing;
}

std::string TextOf(const LossContents& losses) {
  constexpr size_t kMostNames = 3;
  std::set<std::string> sources;
  int64_t bytes = 0;
  for (const auto& [index, document] : losses.documents) {
    sources.insert(document.source);
    bytes += document.bytes;
  }
  std::string text;
  size_t named = 0;
  for (const std::string& source : sources) {
    if (++named > kMostNames) {
      text += " and " + std::to_string(sources.size() - kMostNames) + " more";
      break;
    }
    text += (named == 1 ? "" : ", ") + fs::path(source).filename().string();
  }
  const char* kind = losses.header.window.of_stream() ? " pieces, " : " documents, ";
  return text + ", " + GroupedText(static_cast<int64_t>(losses.documents.size())) + kind +
         GroupedText(bytes) + " bytes";
}

}  // namespace vffn
