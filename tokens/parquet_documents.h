// Documents in Parquet files.
#pragma once

#include <memory>

#include "tokens/document_source.h"

namespace vffn {

/// Reads the text column (strings) and the identifier column (strings or integers) of a Parquet file, a few
/// rows at a time; other columns are not touched, whatever their type. Throws Error naming the file, the
/// column or the row if the file is damaged, a column is missing or of another type, a value is null, or if
/// vffn was built without Arrow.
std::unique_ptr<InputReader> OpenParquetDocuments(const InputFile& file, const SourceOptions& options);

}  // namespace vffn
