#include "base/error.h"
#include "tokens/parquet_documents.h"

namespace vffn {

std::unique_ptr<InputReader> OpenParquetDocuments(const InputFile& file, const SourceOptions& /*options*/) {
  Fail(file.path, ": Parquet files need Arrow, and this program was built without it (VFFN_WITH_ARROW=OFF)");
}

}  // namespace vffn
