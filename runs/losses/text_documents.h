// A text whose loss is to be measured, as documents of tokens.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "text/post_processor.h"
#include "text/tokenizer.h"
#include "tokens/document_source.h"

namespace vffn {

/// A document, or a piece of a stream of documents (token_streams.h).
struct TextDocument {
  std::string id;
  std::string source;  ///< the file it comes from
  std::vector<TokenId> tokens;
  int64_t bytes = 0;       ///< of the text that the tokens stand for
  int64_t characters = 0;  ///< code points of it
  int64_t words = 0;       ///< CountSplitWords of it; 0: not known, for token files
};

struct TextDocuments {
  std::vector<TextDocument> documents;
  std::string sha256;   ///< of the files, and of what decides which documents are read from them
  int64_t empty = 0;    ///< documents without text
  int64_t skipped = 0;  ///< that could not be read and were left out
};

struct TextFileOptions {
  std::vector<std::string> paths;  ///< files, folders and patterns (ListInputFiles)
  SourceOptions source{.id_field = "", .as_it_stands = true};  ///< no id_field: an id is the line or row
  bool skip_bad = false;  ///< leave out and count documents that cannot be read
  int64_t limit = 0;      ///< first documents; 0: all
};

/// How a text becomes tokens.
struct TextEncoding {
  const Tokenizer& tokenizer;
  TokensAround around;             ///< of every document
  std::string marked_begin;        ///< a text that begins with this gets none; empty: no such text
  bool plain = false;              ///< special tokens written out in the text are ordinary text
  bool drop_last_newline = false;  ///< of a plain text file, as llama.cpp's tools do
};

/// The documents of text files, as they stand. A source is the name of a file, or its path if two files have
/// the same name. Throws Error, naming file and line: a file is missing or damaged, a document cannot be read
/// (and `skip_bad` is false), or there is no text at all.
TextDocuments ReadTextDocuments(const TextFileOptions& options, const TextEncoding& encoding);

}  // namespace vffn
