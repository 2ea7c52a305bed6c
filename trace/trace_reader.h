// Reading traces, doc by doc.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "trace/trace_header.h"
#include "trace/trace_writer.h"

namespace vffn {

/// A trace: the folder a TraceWriter wrote, or one of its parts.
class TraceReader {
 public:
  /// Reads the footers. Throws Error, naming the file, if there are no parts, if one is cut short, is no vffn
  /// trace or has other columns than its header says, if parts have different headers or share a doc, and if
  /// vffn was built without Arrow.
  explicit TraceReader(const std::filesystem::path& path);
  ~TraceReader();

  const TraceHeader& header() const;
  const TracedDocs& docs() const;
  const std::filesystem::path& path() const;
  int64_t rows() const;

  /// Calls visit for every doc, in the order of the files. Keeps one doc and about 16,000 rows in memory.
  /// Throws Error, naming file and doc, on damage, on a doc that is incomplete or not in the footer, and on
  /// whatever Validate(DocTrace) finds in the columns read.
  void Read(const TraceColumns& columns, const std::function<void(const DocTrace&)>& visit) const;

  /// Calls visit for these docs, in the order of the files, with all columns. Row groups without any of them
  /// are not read. Throws Error as Read, and if the trace does not have one of them.
  void ReadDocs(const TracedDocs& docs, const std::function<void(const DocTrace&)>& visit) const;

  /// One doc, all columns. Throws Error if the trace does not have it.
  DocTrace ReadDoc(const std::string& task, int64_t doc_id) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vffn
