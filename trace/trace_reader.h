// Reading traces back, doc by doc.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "trace/trace_header.h"
#include "trace/trace_writer.h"

namespace vffn {

/// Which fields of DocTrace are read besides task, doc_id, run, tokens, parents, positions, choices, weights
/// and scored; the others stay empty.
struct TraceColumns {
  bool log_probs = false;
  bool pieces = false;
  bool loop_counts = false;
  bool loop_probabilities = false;
  bool lambdas = false;
  bool experts = false;  ///< and gate weights
  bool cosines = false;
};

/// A trace: the folder a TraceWriter wrote, or one of its parts.
class TraceReader {
 public:
  /// Reads the footers. Throws Error, naming the file, if there are no parts, one is cut short or is no vffn
  /// trace, its columns are not those of its header, parts have different headers, or a doc is in two of
  /// them; if vffn was built without Arrow.
  explicit TraceReader(const std::filesystem::path& path);
  ~TraceReader();

  const TraceHeader& header() const;
  const TracedDocs& docs() const;
  const std::filesystem::path& path() const;
  int64_t rows() const;

  /// Calls visit for every doc, in the order of the files. Holds one doc and some 16,000 rows at a time.
  /// Throws Error, naming file and doc, on damage, a doc that is not whole or not in the footer, and whatever
  /// Validate(DocTrace) finds in the columns read.
  void Read(const TraceColumns& columns, const std::function<void(const DocTrace&)>& visit) const;

  /// One doc, all columns. Throws Error if it is not there.
  DocTrace ReadDoc(const std::string& task, int64_t doc_id) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vffn
