// Arrow and Parquet files as JSON records. Only arrow_file.cc uses the Arrow library.
#pragma once

#include <filesystem>
#include <functional>

#include "base/json.h"

namespace vffn {

/// Called once per row, in order.
using RowSink = std::function<void(Json row)>;

/// Reads an Arrow IPC stream (what Hugging Face's save_to_disk writes; not the "file" format, which begins
/// with ARROW1), through a memory map. Columns may be strings, integers, floats, booleans, lists and structs
/// of these. Throws Error naming the file (and row or column) if it is damaged, truncated, not a stream or
/// has another type of column; or if vffn was built without Arrow.
void ReadArrowStream(const std::filesystem::path& path, const RowSink& sink);

/// The same for a Parquet file. Page checksums are verified where the file has them.
void ReadParquet(const std::filesystem::path& path, const RowSink& sink);

}  // namespace vffn
