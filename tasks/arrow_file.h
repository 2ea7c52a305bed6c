// Arrow and Parquet files as JSON records. Only arrow_file.cc uses the Arrow library.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/json.h"

namespace vffn {

/// Called once per row, in order. `left_out` names the columns that could not be read, with their types:
/// "extra (timestamp[us])"; empty if there are none.
using RowSink = std::function<void(Json row, const std::string& left_out)>;

/// Reads an Arrow IPC stream (what Hugging Face's save_to_disk writes; not the "file" format, which begins
/// with ARROW1), through a memory map. Texts, whole numbers, floats, booleans, and lists, structs, maps and
/// dictionaries of these are read, in every width and layout that Arrow has for them. Bytes are read as text;
/// those that are not UTF-8 are null, as are floats that are not finite. Columns (and fields of structs) of
/// other types are left out. Throws Error naming the file (and row or column) if it is damaged, truncated,
/// not a stream or has no column that can be read; or if vffn was built without Arrow.
void ReadArrowStream(const std::filesystem::path& path, const RowSink& sink);

/// The same for a Parquet file. Page checksums are verified where the file has them.
void ReadParquet(const std::filesystem::path& path, const RowSink& sink);

}  // namespace vffn
