#include "trace/doc_trace.h"

#include <cmath>

#include "base/error.h"
#include "trace/trace_columns.h"

namespace vffn {
namespace {

/// Checks one doc.
class Checker {
 public:
  Checker(const DocTrace& doc, const TraceShape& shape, const std::string& origin)
      : doc_(doc), shape_(shape), name_(origin + ": " + doc.task + " doc " + std::to_string(doc.doc_id)) {}

  void Run() const {
    CheckNodes();
    VisitLayerColumns(shape_, [&](const auto& column) {
      CheckSize(column.name, (doc_.*column.values).size(), shape_.layers * doc_.nodes_run * column.width,
                true);
    });
    VisitLayerColumns(shape_, [&](const auto& column) { CheckRange(column); });
  }

 private:
  void CheckSize(const char* field, size_t size, int64_t expected, bool optional) const {
    VFFN_CHECK(static_cast<int64_t>(size) == expected || (optional && size == 0), name_, ": ", field, " has ",
               size, " values, should have ", expected);
  }

  template <class T>
  void CheckRange(const LayerColumn<T>& column) const {
    const std::vector<T>& values = doc_.*column.values;
    for (size_t i = 0; i < values.size(); ++i) {
      double value = 0;
      if constexpr (std::is_same_v<T, std::optional<float>>) {
        if (!values[i]) {
          continue;
        }
        value = *values[i];
      } else {
        value = values[i];
      }
      VFFN_CHECK(value >= column.low && value <= column.high, name_, ": ", column.name, "[", i, "] is ",
                 value, ", should be in [", column.low, ", ", column.high, "]");
    }
  }

  void CheckNodes() const {
    const int64_t nodes = doc_.nodes();
    VFFN_CHECK(nodes > 0 && doc_.nodes_run >= 0 && doc_.nodes_run <= nodes, name_, ": ", doc_.nodes_run,
               " of ", nodes, " nodes ran");
    VisitNodeColumns([&](const auto& column) {
      CheckSize(column.name, (doc_.*column.values).size(), nodes, column.wanted != nullptr);
    });
    for (int64_t i = 0; i < nodes; ++i) {
      CheckNode(i);
    }
  }

  void CheckNode(int64_t i) const {
    const bool ran = i < doc_.nodes_run;
    const int32_t parent = doc_.parents[i];
    VFFN_CHECK(parent >= -1 && parent < i && parent < doc_.nodes_run, name_, ": node ", i, " has parent ",
               parent);
    const int32_t above = parent < 0 ? -1 : doc_.positions[parent];
    VFFN_CHECK(doc_.positions[i] == above + 1, name_, ": node ", i, " is at position ", doc_.positions[i],
               ", its parent at ", above);
    VFFN_CHECK(doc_.tokens[i] >= 0 && doc_.choices[i] >= 0, name_, ": node ", i, " has token ",
               doc_.tokens[i], " and choice ", doc_.choices[i]);
    VFFN_CHECK((doc_.readers[i] > 0) == ran && doc_.readers[i] >= 0, name_, ": node ", i,
               ran ? " ran" : " did not run", ", but its weight is ", doc_.readers[i]);
    VFFN_CHECK(doc_.scored[i] >= 0, name_, ": node ", i, " is scored ", doc_.scored[i], " times");
    if (!doc_.log_probs.empty()) {
      const std::optional<float>& log_prob = doc_.log_probs[i];
      VFFN_CHECK(log_prob.has_value() == (doc_.scored[i] > 0) &&
                     (!log_prob || (std::isfinite(*log_prob) && *log_prob <= 1e-3F)),
                 name_, ": node ", i, ", scored ", doc_.scored[i], " times, has ", log_prob ? "" : "no ",
                 "log_prob ", log_prob ? std::to_string(*log_prob) : "");
    }
  }

  const DocTrace& doc_;
  const TraceShape& shape_;
  std::string name_;
};

}  // namespace

TraceColumns TraceColumns::All() {
  TraceColumns all;
  const auto want = [&](const auto& column) {
    if (column.wanted != nullptr) {
      all.*column.wanted = true;
    }
  };
  VisitNodeColumns(want);
  VisitLayerColumns({}, want);
  return all;
}

void Validate(const DocTrace& doc, const TraceShape& shape, const std::string& origin) {
  Checker(doc, shape, origin).Run();
}

}  // namespace vffn
