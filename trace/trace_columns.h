// The columns of a trace file as Arrow sees them. Only for files that know Arrow.
#pragma once

#include <arrow/api.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "base/error.h"
#include "trace/doc_trace.h"

namespace vffn {

inline constexpr const char* kTraceKey = "vffn_trace";
inline constexpr const char* kDocsKey = "vffn_docs";

inline std::shared_ptr<arrow::Schema> TraceSchema(const TraceShape& shape) {
  const auto field = [](const char* name, std::shared_ptr<arrow::DataType> type, bool nullable = false) {
    return arrow::field(name, std::move(type), nullable);
  };
  arrow::FieldVector fields = {field("task", arrow::utf8()),
                               field("doc_id", arrow::int64()),
                               field("node", arrow::int32()),
                               field("parent", arrow::int32()),
                               field("choice", arrow::int32()),
                               field("position", arrow::int32()),
                               field("token", arrow::int32()),
                               field("piece", arrow::binary()),
                               field("weight", arrow::int32()),
                               field("scored", arrow::int32()),
                               field("log_prob", arrow::float32(), true),
                               field("layer", arrow::int16()),
                               field("loop_count", arrow::uint8())};
  const auto list = [](const std::shared_ptr<arrow::DataType>& type, int64_t size) {
    return arrow::fixed_size_list(arrow::field("element", type, /*nullable=*/false),
                                  static_cast<int32_t>(size));
  };
  if (shape.lambda) {
    fields.push_back(field("lambda", arrow::float32(), true));
  }
  if (shape.probabilities) {
    fields.push_back(field("loop_probabilities", list(arrow::float32(), shape.max_loops), true));
  }
  if (shape.n_experts > 0) {
    fields.push_back(field("experts", list(arrow::int16(), shape.top_k), true));
    fields.push_back(field("gate_weights", list(arrow::float32(), shape.top_k), true));
  }
  if (shape.cosine) {
    fields.push_back(field("cosine", arrow::float32(), true));
  }
  return arrow::schema(std::move(fields));
}

inline void CheckArrow(const arrow::Status& status, const std::filesystem::path& path) {
  VFFN_CHECK(status.ok(), path.string(), ": ", status.ToString());
}

template <class T>
T TakeArrow(arrow::Result<T> result, const std::filesystem::path& path) {
  CheckArrow(result.status(), path);
  return std::move(result).ValueUnsafe();
}

/// Runs `body`; what Arrow throws becomes an Error.
template <class Body>
auto WithArrowErrors(const std::filesystem::path& path, Body&& body) {
  try {
    return body();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    Fail(path.string(), ": ", error.what());
  }
}

}  // namespace vffn
