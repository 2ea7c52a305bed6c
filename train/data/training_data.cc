#include "train/data/training_data.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <thread>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/sha256.h"
#include "train/data/token_files.h"

namespace vffn {

TokenSequences::TokenSequences(const std::vector<std::string>& paths, const std::string& dtype,
                               int64_t sequence_length)
    : sequence_length_(sequence_length) {
  VFFN_CHECK(sequence_length > 0, "sequence_length is ", sequence_length, ", should be at least 1");
  VFFN_CHECK(!paths.empty(), "there are no token files");
  int64_t longest = 0;
  for (TokenFile& file : OpenTokenFiles(paths, dtype)) {
    longest = std::max(longest, file.size());
    size_ += file.size() / sequence_length;
    files_.push_back({std::move(file), size_});
  }
  VFFN_CHECK(size_ > 0, paths.front(), paths.size() > 1 ? " and the other token files" : "",
             ": the longest file has ", longest, " tokens, fewer than one sequence of ", sequence_length);
}

void TokenSequences::Read(int64_t sequence, int64_t vocab_size, std::span<int64_t> out) const {
  VFFN_CHECK(sequence >= 0 && sequence < size_, "sequence ", sequence, " of ", size_, " was asked for");
  VFFN_CHECK(static_cast<int64_t>(out.size()) == sequence_length_, "room for ", out.size(),
             " tokens; a sequence has ", sequence_length_);
  const auto file = std::ranges::upper_bound(files_, sequence, {}, &File::end);
  const int64_t first = file == files_.begin() ? 0 : std::prev(file)->end;
  const int64_t begin = (sequence - first) * sequence_length_;
  std::vector<TokenId> ids(out.size());
  file->tokens.Read(begin, ids);
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto id = static_cast<uint32_t>(ids[i]);
    VFFN_CHECK(id < static_cast<uint64_t>(vocab_size), file->tokens.path().string(), ": token ",
               begin + static_cast<int64_t>(i), " is ", id, "; the model's vocabulary has ", vocab_size,
               " ids: made with another tokenizer, or not ", NameOf(file->tokens.type()));
    out[i] = id;
  }
}

std::string TokenSequences::Fingerprint() const {
  std::vector<std::string> hashes(files_.size());
  const auto workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  ParallelFor(static_cast<int64_t>(files_.size()), workers, [&](int64_t i) {
    const TokenFile& file = files_[static_cast<size_t>(i)].tokens;
    Sha256 hash;
    hash.Update(MappedFile(file.path()).bytes());
    hashes[static_cast<size_t>(i)] = hash.Hex();
  });
  Sha256 all;
  for (size_t i = 0; i < files_.size(); ++i) {
    const TokenFile& file = files_[i].tokens;
    all.Update(std::string(NameOf(file.type())) + " " + std::to_string(file.size()) + " " + hashes[i] + "\n");
  }
  return all.Hex();
}

SequenceOrder::SequenceOrder(int64_t sequences, bool shuffle, uint64_t seed)
    : sequences_(sequences), shuffle_(shuffle), seed_(seed) {
  VFFN_CHECK(sequences > 0, "there are no sequences to order");
}

int64_t SequenceOrder::At(int64_t position) const {
  VFFN_CHECK(position >= 0, "position ", position, " is negative");
  const int64_t epoch = position / sequences_;
  const int64_t place = position % sequences_;
  if (!shuffle_) {
    return place;
  }
  if (epoch != epoch_) {
    order_.resize(static_cast<size_t>(sequences_));
    std::iota(order_.begin(), order_.end(), 0);
    Random random(seed_, "sequences of epoch " + std::to_string(epoch));
    for (size_t last = order_.size() - 1; last > 0; --last) {
      std::swap(order_[last], order_[random.Below(last + 1)]);
    }
    epoch_ = epoch;
  }
  return order_[static_cast<size_t>(place)];
}

}  // namespace vffn
