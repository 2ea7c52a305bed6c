#include "trace/ordered_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/trace/random_trace.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Recorder : public TraceSink {
 public:
  const TraceShape& shape() const override { return shape_; }
  void Write(const DocTrace& doc) override { docs.push_back(doc.doc_id); }

  std::vector<int64_t> docs;

 private:
  TraceShape shape_;
};

DocTrace Doc(int64_t id) { return {.task = "piqa", .doc_id = id}; }

TEST(OrderedSink, PassesDocsOnInTheExpectedOrder) {
  Recorder recorder;
  OrderedSink sink(recorder);
  sink.Expect({{"piqa", 5}, {"piqa", 2}, {"piqa", 9}});
  sink.Write(Doc(2));
  sink.Write(Doc(9));
  EXPECT_THAT(recorder.docs, ElementsAre());
  sink.Write(Doc(5));
  EXPECT_THAT(recorder.docs, ElementsAre(5, 2, 9));
}

TEST(OrderedSink, ReleasesWhatWaitsForDocsThatDoNotCome) {
  Recorder recorder;
  OrderedSink sink(recorder);
  sink.Expect({{"piqa", 5}, {"piqa", 2}, {"piqa", 9}});
  sink.Write(Doc(9));
  sink.Write(Doc(2));
  sink.Release();
  EXPECT_THAT(recorder.docs, ElementsAre(2, 9));
}

TEST(OrderedSink, RefusesADocThatWasNotExpected) {
  Recorder recorder;
  OrderedSink sink(recorder);
  sink.Expect({{"piqa", 5}});
  EXPECT_THAT(ErrorOf([&] { sink.Write(Doc(6)); }), HasSubstr("piqa doc 6 was not expected"));
}

}  // namespace
}  // namespace vffn
