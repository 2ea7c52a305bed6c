#include "tokens/chunk_queue.h"

#include <algorithm>
#include <utility>

namespace vffn {

ChunkQueue::ChunkQueue(const std::vector<InputFile>& files, const SourceOptions& options, Events events)
    : files_(files), options_(options), events_(std::move(events)) {}

/// An open file that nobody reads, marked as busy; null at the end of the input.
ChunkQueue::OpenFile* ChunkQueue::Choose(std::unique_lock<std::mutex>& lock) {
  while (!failed_) {
    for (const auto& open : open_) {
      if (!open->busy) {
        open->busy = true;
        return open.get();
      }
    }
    if (next_file_ < files_.size()) {
      const size_t file = next_file_++;
      if (events_.skip_file(file)) {
        events_.progress(files_[file].bytes);
        continue;
      }
      open_.push_back(std::make_unique<OpenFile>());
      open_.back()->file = file;
      open_.back()->busy = true;
      return open_.back().get();
    }
    if (open_.empty()) {
      return nullptr;
    }
    changed_.wait(lock);
  }
  return nullptr;
}

/// Reads a chunk of a busy file; false at its end.
bool ChunkQueue::Read(OpenFile& open, QueuedChunk& chunk) {
  if (open.reader == nullptr) {
    open.reader = OpenInput(files_[open.file], options_);
  }
  const bool more = open.reader->Next(chunk.chunk);
  const int64_t bytes = more ? open.reader->bytes_read() : files_[open.file].bytes;
  events_.progress(bytes - std::exchange(open.bytes_read, bytes));
  if (more) {
    chunk.file = open.file;
    chunk.index = open.next_chunk++;
  } else {
    events_.file_ended(open.file, open.next_chunk, open.reader->Hash());
  }
  return more;
}

bool ChunkQueue::Next(QueuedChunk& chunk) {
  std::unique_lock lock(mutex_);
  while (OpenFile* open = Choose(lock)) {
    lock.unlock();
    bool more = false;
    try {
      more = Read(*open, chunk);
    } catch (...) {
      lock.lock();
      failed_ = true;
      changed_.notify_all();
      throw;
    }
    lock.lock();
    open->busy = false;
    if (!more) {
      std::erase_if(open_, [&](const auto& other) { return other.get() == open; });
    }
    changed_.notify_all();
    if (more) {
      return true;
    }
  }
  return false;
}

}  // namespace vffn
