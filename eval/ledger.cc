#include "eval/ledger.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/error.h"
#include "base/file_bytes.h"

namespace vffn {
namespace {

/// "sha256 1a2b3c4d5e6f", after the path where it is known: files of one path may differ.
std::string FileText(const LedgerHeader& header, const char* path_field, const std::string& sha256) {
  constexpr size_t kDigits = 12;
  const auto path = header.provenance.find(path_field);
  const bool known = path != header.provenance.end() && path->is_string();
  return (known ? path->get<std::string>() + ", " : "") + "sha256 " + sha256.substr(0, kDigits);
}

/// The settings that differ, as the user names them, a line each: "dtype: float32 in the ledger, bfloat16
/// now".
std::string DifferencesText(const LedgerHeader& theirs, const LedgerHeader& ours) {
  std::string text;
  for (IdentityDifference difference : DifferencesOf(theirs.identity, ours.identity)) {
    if (difference.field == "model_sha256") {
      difference = {"model", FileText(theirs, "model_path", difference.a),
                    FileText(ours, "model_path", difference.b)};
    } else if (difference.field == "tokenizer_sha256") {
      difference = {"tokenizer", FileText(theirs, "tokenizer_path", difference.a),
                    FileText(ours, "tokenizer_path", difference.b)};
    } else if (difference.field == "profiles") {
      difference.field = "profile";
    } else if (difference.field == "max_sequence_length") {
      difference.field = "max_length";
    }
    text += "\n  " + difference.field + ": " + difference.a + " in the ledger, " + difference.b + " now";
  }
  return text;
}

/// Throws Error unless the run with the header `ours` may write to a ledger that has docs.
void CheckMode(const LedgerHeader& theirs, const LedgerHeader& ours, LedgerMode mode,
               const std::string& origin) {
  const std::string differences = DifferencesText(theirs, ours);
  VFFN_CHECK(differences.empty(), origin,
             ": the ledger belongs to a run with other settings. Go on with that run (--resume, with its "
             "settings), replace it (--overwrite), or choose another --output:",
             differences);
  VFFN_CHECK(mode == LedgerMode::kResume, origin,
             ": there is a ledger already, of the same settings. Go on with it (--resume), replace it "
             "(--overwrite), or choose another --output");
}

void CheckSameTask(const LedgerTask& ours, const LedgerTask& theirs, const std::string& origin) {
  std::ostringstream text;
  const auto compare = [&](const char* name, const auto& our_value, const auto& their_value) {
    if (our_value != their_value) {
      text << "\n  " << name << ": " << their_value << " in the ledger, " << our_value << " now";
    }
  };
  compare("split", ours.split, theirs.split);
  compare("data_sha256", ours.data_sha256, theirs.data_sha256);
  compare("data_set_size", ours.data_set_size, theirs.data_set_size);
  VFFN_CHECK(text.str().empty(), origin, ": the ledger has another data set for ", ours.name,
             ". Give the folder of its data set (--data), replace the run (--overwrite), or choose another "
             "--output:",
             text.str());
}

void AddTask(LedgerContents& contents, const LedgerTask& task, const std::string& origin) {
  const auto found = std::find_if(contents.tasks.begin(), contents.tasks.end(),
                                  [&](const LedgerTask& known) { return known.name == task.name; });
  if (found == contents.tasks.end()) {
    contents.tasks.push_back(task);
    return;
  }
  CheckSameTask(task, *found, origin);
  found->docs = std::max(found->docs, task.docs);
}

void AddDoc(LedgerContents& contents, ScoredDoc doc, const std::string& origin) {
  const LedgerTask* task = contents.FindTask(doc.task);
  VFFN_CHECK(task != nullptr, origin, ": a doc of ", doc.task, ", which the ledger has not begun");
  VFFN_CHECK(doc.doc_id < task->data_set_size, origin, ": doc ", doc.doc_id, " of ", doc.task, ", which has ",
             task->data_set_size);
  std::map<int64_t, ScoredDoc>& docs = contents.docs[doc.task];
  VFFN_CHECK(!docs.contains(doc.doc_id), origin, ": doc ", doc.doc_id, " of ", doc.task,
             " is in the ledger twice");
  docs.emplace(doc.doc_id, std::move(doc));
}

/// `text` is whole lines.
LedgerContents ParseLedger(std::string_view text, const std::string& origin) {
  LedgerContents contents{.origin = origin};
  size_t line = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    const std::string place =
        origin + ", line " + std::to_string(++line) + " (offset " + std::to_string(begin) + ")";
    const Json row = ParseJson(text.substr(begin, end - begin), place);
    if (line == 1) {
      contents.header = ParseLedgerHeader(row, place);
    } else {
      LedgerRow parsed = ParseLedgerRow(row, place);
      if (const auto* task = std::get_if<LedgerTask>(&parsed)) {
        AddTask(contents, *task, place);
      } else if (auto* doc = std::get_if<ScoredDoc>(&parsed)) {
        AddDoc(contents, std::move(*doc), place);
      }
    }
    begin = end + 1;
  }
  return contents;
}

/// Bytes up to and with the last newline: a line without one was torn by the end of its writer.
size_t WholeLines(std::string_view text, const std::string& origin) {
  const std::string_view start = text.substr(0, kLedgerMagic.size());
  VFFN_CHECK(start == kLedgerMagic.substr(0, start.size()), origin,
             ": not a vffn ledger (it does not begin with ", kLedgerMagic, ")");
  const size_t newline = text.rfind('\n');
  return newline == std::string_view::npos ? 0 : newline + 1;
}

/// Whether a whole line after the header is something else than a task.
bool HasDocs(std::string_view whole_lines) {
  constexpr std::string_view kTask = R"({"row":"task",)";
  for (size_t begin = whole_lines.find('\n'); begin != std::string_view::npos && ++begin < whole_lines.size();
       begin = whole_lines.find('\n', begin)) {
    if (!whole_lines.substr(begin).starts_with(kTask)) {
      return true;
    }
  }
  return false;
}

LedgerHeader FirstRow(std::string_view whole_lines, const std::string& origin) {
  const std::string place = origin + ", line 1 (offset 0)";
  return ParseLedgerHeader(ParseJson(whole_lines.substr(0, whole_lines.find('\n')), place), place);
}

}  // namespace

const LedgerTask* LedgerContents::FindTask(std::string_view name) const {
  const auto found =
      std::find_if(tasks.begin(), tasks.end(), [&](const LedgerTask& task) { return task.name == name; });
  return found == tasks.end() ? nullptr : &*found;
}

const ScoredDoc* LedgerContents::FindDoc(const std::string& task, int64_t doc_id) const {
  const auto of_task = docs.find(task);
  if (of_task == docs.end()) {
    return nullptr;
  }
  const auto doc = of_task->second.find(doc_id);
  return doc == of_task->second.end() ? nullptr : &doc->second;
}

LedgerContents ReadLedger(const std::filesystem::path& path) {
  const std::string text = ReadFileBytes(path);
  const size_t whole = WholeLines(text, path.string());
  VFFN_CHECK(whole > 0, path.string(), ": the ledger is empty");
  return ParseLedger(std::string_view(text).substr(0, whole), path.string());
}

LedgerHeader ReadLedgerHeader(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  VFFN_CHECK(std::getline(file, line) && !file.eof(), path.string(), ": the ledger is empty");
  return FirstRow(line, path.string());
}

bool IsLedger(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string start(kLedgerMagic.size(), '\0');
  return file.read(start.data(), static_cast<std::streamsize>(start.size())) && start == kLedgerMagic;
}

bool HasDocs(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return false;
  }
  std::string text;
  // Rows of tasks are short, and the first doc ends the search.
  for (std::string line; std::getline(file, line);) {
    text += line;
    if (file.eof()) {
      break;  // torn
    }
    text += '\n';
    if (HasDocs(std::string_view(text))) {
      return true;
    }
  }
  const std::string_view start = std::string_view(text).substr(0, kLedgerMagic.size());
  return start != kLedgerMagic.substr(0, start.size());
}

Ledger::Ledger(std::unique_ptr<AppendFile> file, LedgerContents contents)
    : file_(std::move(file)), contents_(std::move(contents)) {}

Ledger Ledger::Open(const std::filesystem::path& path, LedgerHeader header, LedgerMode mode,
                    SyncPolicy policy) {
  auto file = std::make_unique<AppendFile>(path, policy);
  std::string text = file->Read();
  const std::string_view whole = std::string_view(text).substr(0, WholeLines(text, path.string()));
  const bool has_docs = HasDocs(whole);
  if (has_docs && mode != LedgerMode::kReplace) {
    CheckMode(FirstRow(whole, path.string()), header, mode, path.string());
  } else if (!text.empty()) {
    text.clear();
    file->Truncate(0);
  }
  return Continue(std::move(file), std::move(header), text);
}

void Ledger::Check(const std::filesystem::path& path, const LedgerHeader& header, LedgerMode mode) {
  if (!std::filesystem::exists(path)) {
    return;
  }
  const std::string text = AppendFile(path).Read();
  const std::string_view whole = std::string_view(text).substr(0, WholeLines(text, path.string()));
  if (HasDocs(whole) && mode != LedgerMode::kReplace) {
    CheckMode(FirstRow(whole, path.string()), header, mode, path.string());
  }
}

Ledger Ledger::OpenCut(const std::filesystem::path& path, LedgerHeader header, int64_t size) {
  auto file = std::make_unique<AppendFile>(path);
  std::string text = file->Read();
  VFFN_CHECK(static_cast<int64_t>(text.size()) >= size, path.string(), ": has ", text.size(),
             " bytes, but its run wrote ", size,
             ": the file is damaged; remove its folder, and run that part "
             "again");
  text.resize(static_cast<size_t>(size));
  file->Truncate(size);
  return Continue(std::move(file), std::move(header), text);
}

/// `text` is what the file has.
Ledger Ledger::Continue(std::unique_ptr<AppendFile> file, LedgerHeader header, std::string_view text) {
  const std::string origin = file->path().string();
  const size_t whole = WholeLines(text, origin);
  LedgerContents contents{.origin = origin, .header = std::move(header)};
  if (whole > 0) {
    LedgerContents found = ParseLedger(text.substr(0, whole), origin);
    CheckMode(found.header, contents.header, LedgerMode::kResume, origin);
    contents = std::move(found);
  }
  if (whole < text.size()) {
    file->Truncate(static_cast<int64_t>(whole));
  }
  if (whole == 0) {
    file->Append(FormatRow(contents.header));
  }
  return Ledger(std::move(file), std::move(contents));
}

void Ledger::BeginTask(const LedgerTask& task) {
  const LedgerTask* known = contents_.FindTask(task.name);
  const bool news = known == nullptr || known->docs < task.docs;
  AddTask(contents_, task, contents_.origin);
  if (news) {
    file_->Append(FormatRow(task));
  }
}

void Ledger::Append(ScoredDoc doc) {
  const std::string row = FormatRow(doc);
  AddDoc(contents_, std::move(doc), contents_.origin);
  file_->Append(row);
}

}  // namespace vffn
