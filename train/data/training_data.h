// The sequences of a training run, from token files.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tokens/token_file.h"

namespace vffn {

/// Sequences of T consecutive tokens. A sequence never crosses the end of a file; the last tokens of a file
/// that are fewer than T are left out, as OLMo's MemMapDataset does. Thread safe.
class TokenSequences {
 public:
  /// `paths` are token files, or folders that `vffn tokens` or dolma wrote: their files *.npy, sorted by
  /// name; held_out/ and other subfolders are left out. `dtype` is "uint16" or "uint32"; empty: as
  /// tokens.json says, else uint16. Files are mapped, not read. Throws Error, naming the file: it cannot be
  /// read; its size is no multiple of the type's, or not what tokens.json says, or without one the table of
  /// document borders beside the file; its type contradicts tokens.json; a file of tokens.json is missing; a
  /// path is given twice; a folder has no token file or is not finished; there is no whole sequence.
  TokenSequences(const std::vector<std::string>& paths, const std::string& dtype, int64_t sequence_length);

  int64_t size() const { return size_; }  ///< number of sequences
  int64_t sequence_length() const { return sequence_length_; }

  /// Copies the tokens of a sequence to `out`, T of them. Throws Error, naming file and position, if a token
  /// is not below `vocab_size`.
  void Read(int64_t sequence, int64_t vocab_size, std::span<int64_t> out) const;

  /// SHA-256 of type, sizes and contents of all files in order: the identity of the data in a checkpoint.
  /// Reads everything.
  std::string Fingerprint() const;

 private:
  struct File {
    TokenFile tokens;
    int64_t end = 0;  ///< number of sequences in this file and those before it
  };
  std::vector<File> files_;
  int64_t sequence_length_ = 0, size_ = 0;
};

/// The order of sequences: position p of the run (from 0) is sequence At(p). Every epoch has each sequence
/// once, in an order that seed and epoch alone decide; so a position is all that must be saved to resume.
/// The order of epoch e is a Fisher-Yates shuffle by Random(seed, "sequences of epoch e") (base/random.h).
/// Not thread safe: it keeps the order of one epoch.
class SequenceOrder {
 public:
  /// `sequences` is positive. Without `shuffle` every epoch has them as they stand in the files.
  SequenceOrder(int64_t sequences, bool shuffle, uint64_t seed);
  int64_t At(int64_t position) const;

 private:
  int64_t sequences_;
  bool shuffle_;
  uint64_t seed_;
  mutable int64_t epoch_ = -1;
  mutable std::vector<int64_t> order_;
};

}  // namespace vffn
