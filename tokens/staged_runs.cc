#include "tokens/staged_runs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"

namespace vffn {
namespace {

constexpr uint64_t kMagic = 0x314E55524E464656;  // "VFFNRUN1"

struct RunHeader {
  uint64_t magic = kMagic;
  uint64_t documents = 0, id_bytes = 0, token_bytes = 0;
};

template <class T>
std::string_view BytesOfObject(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

}  // namespace

void RunBuilder::Clear() {
  documents_.clear();
  ids_.clear();
  tokens_.clear();
}

void RunBuilder::Add(uint64_t key, int64_t location, std::string_view id, bool held_out,
                     std::string_view tokens) {
  StagedDocument document;
  document.key = key;
  document.location = location;
  document.tokens_begin = static_cast<int64_t>(tokens_.size());
  document.tokens_bytes = static_cast<int64_t>(tokens.size());
  document.id_begin = static_cast<uint32_t>(ids_.size());
  document.id_bytes = static_cast<uint32_t>(id.size());
  document.held_out = held_out ? 1 : 0;
  VFFN_CHECK(ids_.size() + id.size() < UINT32_MAX, "the identifiers of one chunk have more than 4 GiB");
  documents_.push_back(document);
  ids_.append(id);
  tokens_.append(tokens);
}

std::string RunBuilder::Serialize() const {
  std::vector<StagedDocument> sorted = documents_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const StagedDocument& a, const StagedDocument& b) { return a.key < b.key; });
  RunHeader header;
  header.documents = sorted.size();
  header.id_bytes = ids_.size();
  header.token_bytes = tokens_.size();
  std::string bytes;
  bytes.reserve(sizeof(header) + sorted.size() * sizeof(StagedDocument) + ids_.size() + tokens_.size());
  bytes.append(BytesOfObject(header));
  int64_t position = 0;
  for (StagedDocument document : sorted) {  // tokens lie in the order in which they are read
    document.tokens_begin = std::exchange(position, position + document.tokens_bytes);
    bytes.append(BytesOfObject(document));
  }
  bytes.append(ids_);
  for (const StagedDocument& document : sorted) {
    bytes.append(tokens_, static_cast<size_t>(document.tokens_begin),
                 static_cast<size_t>(document.tokens_bytes));
  }
  return bytes;
}

RunView::RunView(std::string_view bytes, const std::string& origin) : bytes_(bytes) {
  RunHeader header;
  VFFN_CHECK(bytes.size() >= sizeof(header), origin, ": truncated");
  std::memcpy(&header, bytes.data(), sizeof(header));
  const size_t documents_bytes = static_cast<size_t>(header.documents) * sizeof(StagedDocument);
  VFFN_CHECK(header.magic == kMagic && header.documents <= bytes.size() / sizeof(StagedDocument) &&
                 sizeof(header) + documents_bytes + header.id_bytes + header.token_bytes == bytes.size(),
             origin, ": damaged; delete the folder and run again");
  documents_ = header.documents;
  ids_ = bytes.substr(sizeof(header) + documents_bytes, header.id_bytes);
  tokens_ = bytes.substr(sizeof(header) + documents_bytes + header.id_bytes);
}

StagedDocument RunView::document(int64_t index) const {
  StagedDocument document;
  std::memcpy(&document,
              bytes_.data() + sizeof(RunHeader) + static_cast<size_t>(index) * sizeof(StagedDocument),
              sizeof(document));
  return document;
}

std::string_view RunView::id(const StagedDocument& document) const {
  return ids_.substr(document.id_begin, document.id_bytes);
}

std::string_view RunView::tokens(const StagedDocument& document) const {
  return tokens_.substr(static_cast<size_t>(document.tokens_begin),
                        static_cast<size_t>(document.tokens_bytes));
}

int64_t RunView::LowerBound(uint64_t key) const {
  int64_t low = 0, high = documents();
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (document(middle).key < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/// One worker's runs, one after the other.
class StagedRuns::Log {
 public:
  Log(std::filesystem::path path, int64_t number) : path_(std::move(path)), number_(number) {
    file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    VFFN_CHECK(file_ >= 0, path_.string(), ": cannot be made: ", std::strerror(errno));
  }
  ~Log() { close(file_); }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Returns the offset.
  int64_t Append(std::string_view bytes) {
    const int64_t offset = size_;
    while (!bytes.empty()) {
      const ssize_t count = write(file_, bytes.data(), std::min(bytes.size(), size_t{1} << 30));
      VFFN_CHECK(count >= 0 || errno == EINTR, path_.string(), ": cannot be written at byte ", size_, ": ",
                 std::strerror(errno));
      if (count > 0) {
        bytes.remove_prefix(static_cast<size_t>(count));
        size_ += count;
      }
    }
    return offset;
  }

  void Sync() {
    if (const int64_t size = size_; size != synced_) {
      VFFN_CHECK(fdatasync(file_) == 0, path_.string(),
                 ": cannot be put on the disk: ", std::strerror(errno));
      synced_ = size;
    }
  }

  int64_t number() const { return number_; }

 private:
  std::filesystem::path path_;
  int64_t number_;
  int file_ = -1;
  std::atomic<int64_t> size_ = 0;
  int64_t synced_ = 0;
};

StagedRuns::StagedRuns(std::filesystem::path folder, const Json& job, int workers,
                       std::chrono::milliseconds commit_interval)
    : folder_(std::move(folder)),
      commit_interval_(commit_interval),
      last_commit_(std::chrono::steady_clock::now()) {
  std::filesystem::create_directories(folder_);
  journal_ = std::make_unique<AppendFile>(folder_ / "journal.jsonl");
  ReadJournal(job);
  int64_t number = 0;
  for (int worker = 0; worker < workers; ++worker) {
    while (std::filesystem::exists(LogPath(number))) {
      ++number;  // a killed program's log may end with half a run
    }
    logs_.push_back(std::make_unique<Log>(LogPath(number), number));
  }
}

StagedRuns::~StagedRuns() = default;

std::filesystem::path StagedRuns::LogPath(int64_t log) const {
  return folder_ / ("runs-" + std::to_string(log) + ".bin");
}

void StagedRuns::ReadJournal(const Json& job) {
  std::string text = journal_->Read();
  const size_t whole = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  if (whole < text.size()) {
    journal_->Truncate(static_cast<int64_t>(whole));  // the line being written when the machine died
    text.resize(whole);
  }
  if (text.empty()) {
    journal_->Append(job.dump());
    journal_->Sync();
    return;
  }
  int64_t line_number = 0;
  for (size_t start = 0; start < text.size();) {
    const size_t end = text.find('\n', start);
    const std::string origin = journal_->path().string() + ":" + std::to_string(++line_number);
    const Json line = ParseJson(std::string_view(text).substr(start, end - start), origin);
    start = end + 1;
    const Fields fields(line, origin);
    if (line_number == 1) {
      CheckSameJob(line, job, folder_.string());
    } else if (fields.Has("sha256")) {
      ends_[fields.Get<size_t>("file")] = {fields.Count("chunks"), fields.Get<std::string>("sha256")};
    } else {
      const auto record = ReadAllFields<RunRecord>(fields);
      records_[{record.file, record.chunk}] = record;
    }
  }
}

bool StagedRuns::Has(size_t file, int64_t chunk) const {
  const std::lock_guard lock(mutex_);
  return records_.contains({file, chunk});
}

std::optional<std::string> StagedRuns::HashOf(size_t file) const {
  const std::lock_guard lock(mutex_);
  const auto found = ends_.find(file);
  if (found == ends_.end()) {
    return std::nullopt;
  }
  for (int64_t chunk = 0; chunk < found->second.chunks; ++chunk) {
    if (!records_.contains({file, chunk})) {
      return std::nullopt;
    }
  }
  return found->second.sha256;
}

void StagedRuns::Add(int worker, RunRecord record, std::string_view bytes) {
  Log& log = *logs_.at(static_cast<size_t>(worker));
  record.log = log.number();
  record.offset = log.Append(bytes);
  record.bytes = static_cast<int64_t>(bytes.size());
  Json line = Json::object();
  RunRecord::Visit(record, [&](const char* name, const auto& value) { line[name] = value; });
  const std::lock_guard lock(mutex_);
  pending_.push_back(line.dump());
  records_[{record.file, record.chunk}] = record;
  if (std::chrono::steady_clock::now() - last_commit_ >= commit_interval_) {
    CommitLocked();
  }
}

void StagedRuns::AddEnd(size_t file, int64_t chunks, const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  pending_.push_back(Json{{"file", file}, {"chunks", chunks}, {"sha256", sha256}}.dump());
  ends_[file] = {chunks, sha256};
}

void StagedRuns::Commit() {
  const std::lock_guard lock(mutex_);
  CommitLocked();
}

void StagedRuns::CommitLocked() {
  for (const auto& log : logs_) {
    log->Sync();
  }
  for (const std::string& line : pending_) {
    journal_->Append(line);
  }
  journal_->Sync();
  pending_.clear();
  last_commit_ = std::chrono::steady_clock::now();
}

std::vector<RunRecord> StagedRuns::records() const {
  const std::lock_guard lock(mutex_);
  std::vector<RunRecord> records;
  for (const auto& [key, record] : records_) {
    records.push_back(record);
  }
  return records;
}

void CheckSameJob(const Json& held, const Json& asked, const std::string& origin) {
  const Json difference = Json::diff(held, asked);
  if (difference.empty()) {
    return;
  }
  const std::string path = difference[0]["path"].get<std::string>();
  const Json::json_pointer pointer(path);
  const auto show = [&](const Json& json) {
    return json.contains(pointer) ? json[pointer].dump() : std::string("absent");
  };
  std::string name = path.substr(1);
  std::replace(name.begin(), name.end(), '/', '.');
  Fail(origin, ": holds another run: ", name, " was ", show(held), " and is now ", show(asked),
       "; give the same options and inputs to go on with it, or another --output");
}

}  // namespace vffn
