#include "eval/ledger_row.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/fields.h"
#include "base/valid_utf8.h"

namespace vffn {
namespace {

template <class Number>
void AppendIntegers(std::string& text, const char* name, const std::vector<Number>& values) {
  text.append("\"").append(name).append("\":[");
  for (size_t i = 0; i < values.size(); ++i) {
    text.append(i == 0 ? "" : ",").append(std::to_string(values[i]));
  }
  text += "],";
}

void AppendInteger(std::string& text, const char* name, int64_t value) {
  text.append("\"").append(name).append("\":").append(std::to_string(value)).append(",");
}

/// What choices and their unconditional requests have both.
template <class Scores>
void AppendScores(std::string& text, const Scores& scores) {
  AppendIntegers(text, "tokens", scores.tokens);
  text += "\"log_probs\":[";
  for (size_t i = 0; i < scores.log_probs.size(); ++i) {
    text.append(i == 0 ? "" : ",").append(FormatFloat(scores.log_probs[i]));
  }
  text += "],";
  AppendIntegers(text, "greedy", scores.greedy);
  AppendInteger(text, "context_tokens", scores.context_tokens);
  AppendInteger(text, "truncated_tokens", scores.truncated_tokens);
}

void AppendChoice(std::string& text, const ScoredChoice& choice) {
  text += "{";
  AppendScores(text, choice);
  AppendInteger(text, "characters", choice.length.characters);
  AppendInteger(text, "characters_without_blank", choice.length_without_blank.characters);
  AppendInteger(text, "bytes", choice.length.bytes);
  AppendInteger(text, "bytes_without_blank", choice.length_without_blank.bytes);
  if (choice.words) {
    AppendInteger(text, "words", *choice.words);
  }
  if (choice.unconditional) {
    text += "\"unconditional\":{";
    AppendScores(text, *choice.unconditional);
    text.back() = '}';
    text += ",";
  }
  text.back() = '}';
}

template <class Scores>
void ParseScores(const Fields& fields, Scores& scores) {
  scores.tokens = fields.Get<std::vector<TokenId>>("tokens");
  scores.log_probs = fields.Get<std::vector<float>>("log_probs");
  scores.greedy = fields.Get<std::vector<uint8_t>>("greedy");
  scores.context_tokens = fields.Get<int64_t>("context_tokens");
  scores.truncated_tokens = fields.Get<int64_t>("truncated_tokens");
}

ScoredChoice ParseChoice(const Fields& fields) {
  ScoredChoice choice{
      .length = {.characters = fields.Get<int64_t>("characters"), .bytes = fields.Get<int64_t>("bytes")},
      .length_without_blank = {.characters = fields.Get<int64_t>("characters_without_blank"),
                               .bytes = fields.Get<int64_t>("bytes_without_blank")}};
  ParseScores(fields, choice);
  choice.words = fields.Optional<int64_t>("words");
  if (const auto unconditional = fields.OptionalObject("unconditional")) {
    ParseScores(*unconditional, choice.unconditional.emplace());
  }
  return choice;
}

/// The metrics that the task states; nothing if it states none.
std::optional<MetricList> ParseMetrics(const Fields& fields) {
  const auto primary = fields.Optional<std::string>("primary_metric");
  if (!primary) {
    return std::nullopt;
  }
  MetricList list{.primary = FindMetric(*primary)};
  for (const std::string& name : fields.Get<std::vector<std::string>>("metrics")) {
    list.reported.push_back(FindMetric(name));
  }
  VFFN_CHECK(std::ranges::find(list.reported, list.primary) != list.reported.end(), fields.origin(),
             ": primary_metric is ", *primary, ", which is not one of the metrics");
  return list;
}

LedgerTask ParseTask(const Fields& fields) {
  return {.name = fields.Get<std::string>("task"),
          .split = fields.Get<std::string>("split"),
          .data_sha256 = fields.Get<std::string>("data_sha256"),
          .data_set_size = fields.Get<int64_t>("data_set_size"),
          .docs = fields.Get<int64_t>("docs"),
          .metrics = ParseMetrics(fields),
          .shots = fields.Get<int64_t>("shots", 0)};
}

ScoredDoc ParseDoc(const Fields& fields) {
  ScoredDoc doc{.task = fields.Get<std::string>("task"),
                .doc_id = fields.Get<int64_t>("doc_id"),
                .gold = fields.Get<int>("gold"),
                .request_sha256 = fields.Get<std::string>("request_sha256")};
  for (const Json* choice : ToElements(fields.Require("choices"), fields.PlaceOf("choices"))) {
    doc.choices.push_back(ParseChoice(Fields(*choice, fields.origin())));
  }
  Validate(doc, fields.origin());
  return doc;
}

}  // namespace

std::string FormatRow(const LedgerHeader& header) {
  return DumpJson({{"vffn_ledger", kLedgerSchema},
                   {"identity", ToJson(header.identity)},
                   {"program_version", header.program_version},
                   {"provenance", header.provenance}});
}

std::string FormatRow(const LedgerTask& task) {
  OrderedJson row = {{"row", "task"},
                     {"task", task.name},
                     {"split", task.split},
                     {"data_sha256", task.data_sha256},
                     {"data_set_size", task.data_set_size},
                     {"docs", task.docs}};
  if (task.metrics) {
    row["metrics"] = OrderedJson::array();
    for (const Metric metric : task.metrics->reported) {
      row["metrics"].push_back(FactsOf(metric).name);
    }
    row["primary_metric"] = FactsOf(task.metrics->primary).name;
  }
  if (task.shots > 0) {
    row["shots"] = task.shots;
  }
  return row.dump();
}

std::string FormatRow(const ScoredDoc& doc) {
  std::string text = R"({"row":"doc","task":)" + Json(doc.task).dump() + ",";
  AppendInteger(text, "doc_id", doc.doc_id);
  AppendInteger(text, "gold", doc.gold);
  text.append("\"request_sha256\":").append(Json(doc.request_sha256).dump()).append(",\"choices\":[");
  for (size_t i = 0; i < doc.choices.size(); ++i) {
    text += i == 0 ? "" : ",";
    AppendChoice(text, doc.choices[i]);
  }
  return text + "]}";
}

LedgerHeader ParseLedgerHeader(const Json& row, const std::string& origin) {
  const Fields fields(row, origin);
  const int64_t schema = fields.Integer("vffn_ledger", 1);
  VFFN_CHECK(schema <= kLedgerSchema, origin, ": the ledger's schema is ", schema,
             ", this program knows up to ", kLedgerSchema, "; use a newer program");
  LedgerHeader header{.identity = ParseRunIdentity(fields.Require("identity"), origin),
                      .program_version = fields.Get<std::string>("program_version"),
                      .provenance = OrderedJson::parse(fields.Require("provenance").dump())};
  VFFN_CHECK(header.identity.rendering && header.identity.encoding, origin,
             ": identity.rendering or identity.encoding is missing");
  return header;
}

LedgerRow ParseLedgerRow(const Json& row, const std::string& origin) {
  const Fields fields(row, origin);
  const auto kind = fields.Get<std::string>("row");
  if (kind == "task") {
    return ParseTask(fields);
  }
  if (kind == "doc") {
    return ParseDoc(fields);
  }
  return {};
}

std::string FormatFloat(float value) {
  char text[40];
  char* end = std::to_chars(text, text + sizeof text, value).ptr;
  double read = 0;
  std::from_chars(text, end, read);
  // JSON readers parse doubles: rounding twice misses its float for a few shortest decimals (7.038531e-26 is
  // one).
  if (static_cast<float>(read) != value) {
    end = std::to_chars(text, text + sizeof text, static_cast<double>(value)).ptr;
  }
  return {text, end};
}

}  // namespace vffn
