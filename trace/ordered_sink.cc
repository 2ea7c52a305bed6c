#include "trace/ordered_sink.h"

#include "base/error.h"

namespace vffn {

void OrderedSink::Expect(std::vector<DocName> docs) {
  const std::lock_guard lock(mutex_);
  places_.clear();
  held_.clear();
  next_ = 0;
  for (DocName& doc : docs) {
    const size_t place = places_.size();
    places_.emplace(std::move(doc), place);
  }
}

void OrderedSink::Write(const DocTrace& doc) {
  const std::lock_guard lock(mutex_);
  const auto place = places_.find({doc.task, doc.doc_id});
  VFFN_CHECK(place != places_.end(), "a trace: ", doc.task, " doc ", doc.doc_id, " was not expected");
  if (place->second != next_) {
    held_.emplace(place->second, doc);
    return;
  }
  sink_.Write(doc);
  ++next_;
  while (!held_.empty() && held_.begin()->first == next_) {
    PassOn();
    ++next_;
  }
}

void OrderedSink::Release() {
  const std::lock_guard lock(mutex_);
  while (!held_.empty()) {
    PassOn();
  }
}

void OrderedSink::PassOn() {
  sink_.Write(held_.begin()->second);
  held_.erase(held_.begin());
}

}  // namespace vffn
