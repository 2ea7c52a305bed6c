// Compiled instead of arrow_file.cc when vffn is built without Arrow.
#include "base/error.h"
#include "tasks/arrow_file.h"

namespace vffn {
namespace {

[[noreturn]] void Refuse(const std::filesystem::path& path) {
  Fail(path.string(),
       ": this vffn was built without Arrow (VFFN_WITH_ARROW=OFF) and reads JSONL only; "
       "build it with Arrow, or give the records as NAME.jsonl or NAME.jsonl.gz");
}

}  // namespace

void ReadArrowStream(const std::filesystem::path& path, const RowSink&) { Refuse(path); }
void ReadParquet(const std::filesystem::path& path, const RowSink&) { Refuse(path); }

}  // namespace vffn
