#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/util/key_value_metadata.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>

#include <thread>

#include "base/json.h"
#include "tests/base/temporary_folder.h"
#include "tests/trace/random_trace.h"
#include "tests/trace/same_trace.h"
#include "trace/trace_reader.h"
#include "trace/trace_writer.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class TraceFile : public testing::Test {
 protected:
  std::vector<DocTrace> Docs(int count) const {
    std::vector<DocTrace> docs;
    for (int i = 0; i < count; ++i) {
      docs.push_back(RandomDocTrace(header_.shape, i % 3 == 0 ? "piqa" : "arc_easy", i, 1 + i % 7));
    }
    return docs;
  }

  TraceWriter Writer(TraceMode mode = TraceMode::kNew, int64_t bytes_in_part = 1 << 28) const {
    return {
        trace_, header_, RandomPiece, {.mode = mode, .rows_in_group = 64, .bytes_in_part = bytes_in_part}};
  }

  void WriteAll(const std::vector<DocTrace>& docs) const {
    TraceWriter writer = Writer();
    for (const DocTrace& doc : docs) {
      writer.Write(doc);
    }
    writer.Finish();
  }

  std::map<std::pair<std::string, int64_t>, DocTrace> ReadAll() const {
    std::map<std::pair<std::string, int64_t>, DocTrace> docs;
    TraceReader(trace_).Read(TraceColumns::All(), [&](const DocTrace& doc) {
      EXPECT_TRUE(docs.emplace(std::pair(doc.task, doc.doc_id), doc).second);
    });
    return docs;
  }

  size_t Parts() const {
    size_t parts = 0;
    for (const auto& entry : std::filesystem::directory_iterator(trace_)) {
      parts += entry.path().extension() == ".parquet" ? 1 : 0;
    }
    return parts;
  }

  TemporaryFolder folder_;
  std::filesystem::path trace_ = folder_ / "trace";
  TraceHeader header_ = RandomTraceHeader();
};

TEST_F(TraceFile, ComesBackAsItWasWritten) {
  const std::vector<DocTrace> docs = Docs(40);
  WriteAll(docs);
  const auto read = ReadAll();
  ASSERT_EQ(read.size(), docs.size());
  for (const DocTrace& doc : docs) {
    const DocTrace& other = read.at({doc.task, doc.doc_id});
    ExpectSameTrace(doc, other);
    ASSERT_EQ(other.pieces.size(), doc.tokens.size());
    EXPECT_EQ(other.pieces[0], RandomPiece(doc.tokens[0]));
  }
  const TraceReader reader(trace_);
  EXPECT_EQ(ToJson(reader.header()), ToJson(header_));
  ExpectSameTrace(reader.ReadDoc("piqa", 9), docs[9]);
  EXPECT_THAT(ErrorOf([&] { reader.ReadDoc("piqa", 10); }), HasSubstr("there is no piqa doc 10"));
}

TEST_F(TraceFile, ReadsOnlyTheColumnsAskedFor) {
  const std::vector<DocTrace> docs = Docs(3);
  WriteAll(docs);
  TraceReader(trace_).Read({.lambdas = true}, [&](const DocTrace& doc) {
    EXPECT_EQ(doc.lambdas, docs[doc.doc_id].lambdas);
    EXPECT_EQ(doc.readers, docs[doc.doc_id].readers);
    EXPECT_TRUE(doc.loop_counts.empty() && doc.pieces.empty() && doc.experts.empty() &&
                doc.log_probs.empty());
  });
}

TEST_F(TraceFile, HoldsModelsOfEveryKind) {
  for (const FfnKind kind :
       {FfnKind::kDense, FfnKind::kKLoop, FfnKind::kMoe, FfnKind::kSparseMoe, FfnKind::kVersatile}) {
    std::filesystem::remove_all(trace_);
    header_.config.ffn.kind = kind;
    header_.config.ffn.probes.loops = kind == FfnKind::kVersatile ? 2 : 0;  // no loop probabilities
    header_.shape = TraceShapeOf(header_.config, /*branches=*/false);
    const std::vector<DocTrace> docs = Docs(5);
    WriteAll(docs);
    const auto read = ReadAll();
    ASSERT_EQ(read.size(), docs.size());
    for (const DocTrace& doc : docs) {
      ExpectSameTrace(doc, read.at({doc.task, doc.doc_id}));
    }
  }
}

TEST_F(TraceFile, ManyThreadsWriteManyParts) {
  const std::vector<DocTrace> docs = Docs(200);
  {
    TraceWriter writer = Writer(TraceMode::kNew, /*bytes_in_part=*/5000);
    std::vector<std::jthread> threads;
    for (size_t worker = 0; worker < 4; ++worker) {
      threads.emplace_back([&, worker] {
        for (size_t i = worker; i < docs.size(); i += 4) {
          writer.Write(docs[i]);
        }
      });
    }
    threads.clear();
    writer.Finish();
  }
  EXPECT_GT(Parts(), 3);
  EXPECT_EQ(ReadAll().size(), docs.size());
}

TEST_F(TraceFile, GoesOnAfterAnInterruptWithoutLossOrRepetition) {
  const std::vector<DocTrace> docs = Docs(60);
  {
    TraceWriter writer = Writer();
    for (int i = 0; i < 20; ++i) {
      writer.Write(docs[i]);
    }
    writer.Finish();
  }
  {
    TraceWriter killed = Writer(TraceMode::kResume);
    for (int i = 20; i < 40; ++i) {
      killed.Write(docs[i]);
    }
  }  // without Finish: the docs of its part are lost
  EXPECT_EQ(ReadAll().size(), 20);
  WriteFile(trace_ / ".part-00001.parquet.12345.tmp", "of a process that was killed");
  TraceWriter writer = Writer(TraceMode::kResume);
  EXPECT_FALSE(std::filesystem::exists(trace_ / ".part-00001.parquet.12345.tmp"));
  for (const DocTrace& doc : docs) {
    EXPECT_EQ(writer.Has(doc.task, doc.doc_id), doc.doc_id < 20);
    writer.Write(doc);
    EXPECT_TRUE(writer.Has(doc.task, doc.doc_id));
  }
  writer.Finish();
  EXPECT_EQ(Parts(), 2);
  EXPECT_EQ(ReadAll().size(), docs.size());
}

TEST_F(TraceFile, KeepsTheDocsOfAPartThatWasEnded) {
  const std::vector<DocTrace> docs = Docs(30);
  {
    TraceWriter killed = Writer();
    for (int i = 0; i < 30; ++i) {
      if (i == 20) {
        killed.EndPart();
      }
      killed.Write(docs[i]);
    }
  }  // without Finish
  EXPECT_EQ(ReadAll().size(), 20);
  EXPECT_EQ(Parts(), 1);
}

TEST_F(TraceFile, ReadsTheDocsAskedFor) {
  WriteAll(Docs(60));
  const TraceReader reader(trace_);
  const TracedDocs wanted = {{"piqa", {0, 33}}, {"arc_easy", {1, 58}}};
  TracedDocs seen;
  reader.ReadDocs(wanted, [&](const DocTrace& doc) {
    EXPECT_TRUE(seen[doc.task].insert(doc.doc_id).second);
    ExpectSameTrace(doc, reader.ReadDoc(doc.task, doc.doc_id));
  });
  EXPECT_EQ(seen, wanted);
  EXPECT_THAT(ErrorOf([&] {
                reader.ReadDocs({{"piqa", {0, 1}}}, [](const DocTrace&) {});
              }),
              HasSubstr("there is no piqa doc 1"));
}

TEST_F(TraceFile, RefusesToMixRuns) {
  WriteAll(Docs(3));
  EXPECT_THAT(ErrorOf([&] { Writer(); }), HasSubstr("there is a trace already"));
  header_.identity.model_sha256 = "another";
  EXPECT_THAT(ErrorOf([&] { Writer(TraceMode::kResume); }),
              AllOf(HasSubstr("model_sha256"), HasSubstr("another"), HasSubstr("different runs")));
  const TemporaryFolder other;
  std::filesystem::copy(trace_ / "part-00000.parquet", other / "part-00000.parquet");
  std::filesystem::copy(trace_ / "part-00000.parquet", other / "part-00001.parquet");
  EXPECT_THAT(ErrorOf([&] { TraceReader reader(other.path()); }), HasSubstr("is in another part, too"));
  std::filesystem::remove(trace_ / "part-00000.parquet");
  WriteAll(Docs(3));
  std::filesystem::copy_file(trace_ / "part-00000.parquet", other / "part-00001.parquet",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(ErrorOf([&] { TraceReader reader(other.path()); }), HasSubstr("model_sha256"));
}

TEST_F(TraceFile, LocksItsFolder) {
  const TraceWriter writer = Writer();
  EXPECT_THAT(ErrorOf([&] { Writer(TraceMode::kResume); }), HasSubstr("lock"));
}

TEST_F(TraceFile, RefusesDamage) {
  const auto part = trace_ / "part-00000.parquet";
  EXPECT_THAT(ErrorOf([&] { TraceReader reader(trace_); }), HasSubstr("no such trace"));
  std::filesystem::create_directory(trace_);
  EXPECT_THAT(ErrorOf([&] { TraceReader reader(trace_); }), HasSubstr("killed before"));
  WriteAll(Docs(60));
  const std::string bytes = ReadFile(part);
  for (const size_t size : {size_t{0}, size_t{3}, bytes.size() / 2, bytes.size() - 1}) {
    WriteFile(part, bytes.substr(0, size));
    EXPECT_THAT(ErrorOf([&] { TraceReader reader(trace_); }),
                AllOf(HasSubstr("part-00000.parquet"), HasSubstr("cut short")));
  }
  WriteFile(part, "PAR1 no more PAR1");
  EXPECT_THAT(ErrorOf([&] { TraceReader reader(trace_); }), HasSubstr("part-00000.parquet"));
  int noticed = 0, flips = 0;
  for (size_t i = 100; i < bytes.size(); i += bytes.size() / 50, ++flips) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    WriteFile(part, damaged);
    noticed += ErrorOf([&] { ReadAll(); }).empty() ? 0 : 1;
  }
  EXPECT_GT(noticed, flips / 2);  // page data have checksums; headers and unused bytes have not
}

TEST_F(TraceFile, RefusesDocsThatMakeNoSense) {
  TraceWriter writer = Writer();
  const auto expect = [&](const char* message, auto&& spoil) {
    DocTrace doc = Docs(2)[1];
    spoil(doc);
    EXPECT_THAT(ErrorOf([&] { writer.Write(doc); }), AllOf(HasSubstr("arc_easy doc 1"), HasSubstr(message)));
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  expect("lambda_width[2] is nan", [&](DocTrace& doc) { doc.lambdas[2] = nan; });
  expect("cosine[0] is nan", [&](DocTrace& doc) { doc.cosines[0] = nan; });
  expect("loop_probabilities[1]", [&](DocTrace& doc) { doc.loop_probabilities[1] = nan; });
  expect("loop_count[0] is 5", [](DocTrace& doc) { doc.loop_counts[0] = 5; });
  expect("experts[0] is 8", [](DocTrace& doc) { doc.experts[0] = 8; });
  expect("node 2, scored 1 times, has log_prob nan", [&](DocTrace& doc) { doc.log_probs[2] = nan; });
  expect("node 1 has parent 1", [](DocTrace& doc) { doc.parents[1] = 1; });
  expect("node 1 is at position 4", [](DocTrace& doc) { doc.positions[1] = 4; });
  expect("lambda_width has 3 values", [](DocTrace& doc) { doc.lambdas.resize(3); });
  expect("lambda_width is missing", [](DocTrace& doc) { doc.lambdas.clear(); });
  expect("weight is 0", [](DocTrace& doc) { doc.readers[0] = 0; });
}

using Metadata = std::shared_ptr<const arrow::KeyValueMetadata>;

/// As another tool would, with changes.
void Rewrite(const std::filesystem::path& path,
             const std::function<void(std::shared_ptr<arrow::Table>&, Metadata&)>& change) {
  const auto file = *arrow::io::ReadableFile::Open(path.string());
  auto reader = *parquet::arrow::OpenFile(file, arrow::default_memory_pool());
  auto table = *(*reader->ReadTable())->CombineChunks();
  Metadata metadata = reader->parquet_reader()->metadata()->key_value_metadata();
  change(table, metadata);
  const auto out = *arrow::io::FileOutputStream::Open(path.string());
  parquet::ArrowWriterProperties::Builder properties;
  properties.store_schema();
  auto writer = *parquet::arrow::FileWriter::Open(*table->schema(), arrow::default_memory_pool(), out,
                                                  parquet::default_writer_properties(), properties.build());
  ASSERT_TRUE(writer->AddKeyValueMetadata(metadata).ok());
  ASSERT_TRUE(writer->WriteTable(*table).ok());
  ASSERT_TRUE(writer->Close().ok());
}

/// With one column changed.
void Rewrite(const std::filesystem::path& path, const std::string& column,
             const std::function<std::shared_ptr<arrow::Array>(const arrow::Array&)>& change) {
  Rewrite(path, [&](std::shared_ptr<arrow::Table>& table, Metadata&) {
    const int index = table->schema()->GetFieldIndex(column);
    table = *table->SetColumn(index, table->schema()->field(index),
                              std::make_shared<arrow::ChunkedArray>(change(*table->column(index)->chunk(0))));
  });
}

/// As programs before schema 2 wrote it.
void MakeOld(const std::filesystem::path& path) {
  Rewrite(path, [](std::shared_ptr<arrow::Table>& table, Metadata& metadata) {
    std::vector<std::string> names = table->ColumnNames();
    std::ranges::replace(names, "lambda_width", "lambda");
    table = *table->RenameColumns(names);
    table = *table->RemoveColumn(table->schema()->GetFieldIndex("from_doc"));
    Json header = Json::parse(*metadata->Get("vffn_trace"));
    header["vffn_trace"] = 1;
    header["shape"]["lambda"] = header["shape"]["lambda_width"];
    header["shape"].erase("lambda_width");
    header["shape"].erase("from_doc");
    metadata = arrow::KeyValueMetadata::Make({"vffn_trace", "vffn_docs"},
                                             {header.dump(), *metadata->Get("vffn_docs")});
  });
}

TEST_F(TraceFile, ReadsTheFirstSchema) {
  std::vector<DocTrace> docs = Docs(4);
  WriteAll(docs);
  MakeOld(trace_ / "part-00000.parquet");
  for (DocTrace& doc : docs) {
    doc.from_doc.clear();
  }
  const auto read = ReadAll();
  ASSERT_EQ(read.size(), docs.size());
  for (const DocTrace& doc : docs) {
    ExpectSameTrace(doc, read.at({doc.task, doc.doc_id}));
  }
}

TEST_F(TraceFile, RefusesRowsThatMakeNoSense) {
  const auto expect = [&](const std::string& column, const char* message, auto builder, auto value) {
    std::filesystem::remove_all(trace_);
    WriteAll(Docs(4));
    Rewrite(trace_ / "part-00000.parquet", column, [&](const arrow::Array& array) {
      using Array = typename arrow::TypeTraits<typename decltype(builder)::TypeClass>::ArrayType;
      const auto& values = static_cast<const Array&>(array);
      for (int64_t i = 0; i < values.length(); ++i) {
        const bool spoiled = i == 4;
        EXPECT_TRUE((spoiled            ? builder.Append(value)
                     : values.IsNull(i) ? builder.AppendNull()
                                        : builder.Append(values.Value(i)))
                        .ok());
      }
      return *builder.Finish();
    });
    EXPECT_THAT(ErrorOf([&] { ReadAll(); }), AllOf(HasSubstr("part-00000.parquet"), HasSubstr(message)));
  };
  expect("lambda_width", "is nan", arrow::FloatBuilder(), std::nanf(""));
  expect("lambda_width", "is 1.5", arrow::FloatBuilder(), 1.5F);
  expect("loop_count", "loop_count", arrow::UInt8Builder(), uint8_t{9});
  expect("layer", "out of order", arrow::Int16Builder(), int16_t{0});
  expect("node", "out of order", arrow::Int32Builder(), 7);
  expect("doc_id", "ends before layer", arrow::Int64Builder(), int64_t{77});
}

TEST(TraceHeader, ReadsBackAndRefusesWhatItDoesNotKnow) {
  const TraceHeader header = RandomTraceHeader();
  const auto parse = [](const OrderedJson& json) {
    return ParseTraceHeader(ParseJson(json.dump(), "here"), "here");
  };
  OrderedJson json = ToJson(header);
  EXPECT_EQ(ToJson(parse(json)), json);
  json["shape"].erase("cosine");  // a file that is older than the column
  EXPECT_FALSE(parse(json).shape.cosine);
  json["vffn_trace"] = 3;
  EXPECT_THAT(ErrorOf([&] { parse(json); }), HasSubstr("use a newer program"));
  json["vffn_trace"] = 1;
  json["shape"]["max_loops"] = 1000;
  EXPECT_THAT(ErrorOf([&] { parse(json); }), HasSubstr("impossible"));
  json["shape"].erase("max_loops");
  EXPECT_THAT(ErrorOf([&] { parse(json); }), HasSubstr("shape.max_loops is missing"));
}

}  // namespace
}  // namespace vffn
