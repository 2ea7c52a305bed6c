// Compiled instead of trace_writer.cc and trace_reader.cc when vffn is built without Arrow.
#include "base/error.h"
#include "trace/trace_reader.h"

namespace vffn {
namespace {

[[noreturn]] void Refuse(const std::filesystem::path& path) {
  Fail(path.string(),
       ": this vffn was built without Arrow (VFFN_WITH_ARROW=OFF), which traces need; build it "
       "with Arrow");
}

}  // namespace

class TraceWriter::Impl {};
class TraceReader::Impl {};

TraceWriter::TraceWriter(const std::filesystem::path& folder, TraceHeader, TokenBytes, TraceWriterOptions) {
  Refuse(folder);
}
TraceWriter::~TraceWriter() = default;
const TraceShape& TraceWriter::shape() const { Refuse(""); }
bool TraceWriter::Has(const std::string&, int64_t) const { Refuse(""); }
void TraceWriter::Write(const DocTrace&) { Refuse(""); }
void TraceWriter::EndPart() { Refuse(""); }
void TraceWriter::Finish() { Refuse(""); }

TraceReader::TraceReader(const std::filesystem::path& path) { Refuse(path); }
TraceReader::~TraceReader() = default;
const TraceHeader& TraceReader::header() const { Refuse(""); }
const TracedDocs& TraceReader::docs() const { Refuse(""); }
const std::filesystem::path& TraceReader::path() const { Refuse(""); }
int64_t TraceReader::rows() const { Refuse(""); }
void TraceReader::Read(const TraceColumns&, const std::function<void(const DocTrace&)>&) const { Refuse(""); }
void TraceReader::ReadDocs(const TracedDocs&, const std::function<void(const DocTrace&)>&) const {
  Refuse("");
}
DocTrace TraceReader::ReadDoc(const std::string&, int64_t) const { Refuse(""); }

}  // namespace vffn
