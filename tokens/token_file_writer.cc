#include "tokens/token_file_writer.h"

#include <cstdio>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/sha256.h"

namespace vffn {
namespace {

constexpr size_t kWriteBuffer = size_t{1} << 20;

std::string PartName(size_t number) {
  char name[64];
  std::snprintf(name, sizeof(name), "part-0-%05zu.npy", number);
  return name;
}

}  // namespace

struct TokenFileWriter::Part {
  explicit Part(const std::filesystem::path& path) : file(path), borders(BorderTableOf(path)) {
    info.name = path.filename().string();
  }

  void Flush() {
    file.Write(buffer);
    hash.Update(buffer);
    buffer.clear();
  }

  AtomicFile file;
  BorderTableWriter borders;
  Sha256 hash;
  std::string buffer;
  TokenFileInfo info;
};

TokenFileWriter::TokenFileWriter(std::filesystem::path folder, TokenType type, int64_t max_size)
    : folder_(std::move(folder)), type_(type), max_size_(max_size) {}

TokenFileWriter::~TokenFileWriter() = default;

void TokenFileWriter::Append(std::string_view tokens, std::string_view id, std::string_view source,
                             int64_t location) {
  const auto count = static_cast<int64_t>(tokens.size()) / BytesOf(type_);
  VFFN_CHECK(count < max_size_, source, ": document ", location, " has ", count,
             " tokens, and a file has fewer than --max_size ", max_size_, "; give a larger --max_size");
  if (part_ != nullptr && part_->info.tokens + count >= max_size_) {
    EndFile();
  }
  if (part_ == nullptr) {
    part_ = std::make_unique<Part>(folder_ / PartName(finished_.size()));
  }
  part_->borders.Append(part_->info.tokens, part_->info.tokens + count, id, source, location);
  part_->buffer.append(tokens);
  part_->info.tokens += count;
  ++part_->info.documents;
  if (part_->buffer.size() >= kWriteBuffer) {
    part_->Flush();
  }
}

void TokenFileWriter::EndFile() {
  if (part_ == nullptr) {
    return;
  }
  part_->Flush();
  part_->info.sha256 = part_->hash.Hex();
  part_->borders.Finish();
  part_->file.Finish();
  finished_.push_back(std::move(part_->info));
  part_.reset();
}

std::vector<TokenFileInfo> TokenFileWriter::Finish() {
  EndFile();
  return std::move(finished_);
}

}  // namespace vffn
