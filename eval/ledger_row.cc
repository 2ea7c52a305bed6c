#include "eval/ledger_row.h"

#include <charconv>
#include <limits>
#include <type_traits>

#include "base/error.h"

namespace vffn {
namespace {

const Json& Field(const Json& object, const char* name, const std::string& origin) {
  VFFN_CHECK(object.is_object() && object.contains(name), origin, ": the field \"", name, "\" is missing");
  return object[name];
}

template <class Number>
Number ToInteger(const Json& value, const char* name, const std::string& origin) {
  constexpr auto kLow = static_cast<int64_t>(std::numeric_limits<Number>::min());
  constexpr auto kHigh = static_cast<int64_t>(std::numeric_limits<Number>::max());
  const bool fits = value.is_number_unsigned() ? value.get<uint64_t>() <= static_cast<uint64_t>(kHigh)
                                               : value.is_number_integer() && value.get<int64_t>() >= kLow &&
                                                     value.get<int64_t>() <= kHigh;
  VFFN_CHECK(fits, origin, ": \"", name, "\" holds ", value.dump(), ", which is not an integer in [", kLow,
             ", ", kHigh, "]");
  return static_cast<Number>(value.get<int64_t>());
}

template <class Number = int64_t>
Number Integer(const Json& object, const char* name, const std::string& origin) {
  return ToInteger<Number>(Field(object, name, origin), name, origin);
}

std::string Text(const Json& object, const char* name, const std::string& origin) {
  const Json& value = Field(object, name, origin);
  VFFN_CHECK(value.is_string(), origin, ": \"", name, "\" is not a string");
  return value.get<std::string>();
}

const Json& Array(const Json& object, const char* name, const std::string& origin) {
  const Json& value = Field(object, name, origin);
  VFFN_CHECK(value.is_array(), origin, ": \"", name, "\" is not an array");
  return value;
}

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

void AppendChoice(std::string& text, const ScoredChoice& choice) {
  text += "{";
  AppendIntegers(text, "tokens", choice.tokens);
  text += "\"log_probs\":[";
  for (size_t i = 0; i < choice.log_probs.size(); ++i) {
    text.append(i == 0 ? "" : ",").append(FormatFloat(choice.log_probs[i]));
  }
  text += "],";
  AppendIntegers(text, "greedy", choice.greedy);
  AppendInteger(text, "context_tokens", choice.context_tokens);
  AppendInteger(text, "truncated_tokens", choice.truncated_tokens);
  AppendInteger(text, "characters", choice.length.characters);
  AppendInteger(text, "characters_without_blank", choice.length_without_blank.characters);
  AppendInteger(text, "bytes", choice.length.bytes);
  AppendInteger(text, "bytes_without_blank", choice.length_without_blank.bytes);
  text.back() = '}';
}

ScoredChoice ParseChoice(const Json& row, const std::string& origin) {
  ScoredChoice choice;
  for (const Json& id : Array(row, "tokens", origin)) {
    choice.tokens.push_back(ToInteger<TokenId>(id, "tokens", origin));
  }
  for (const Json& log_prob : Array(row, "log_probs", origin)) {
    VFFN_CHECK(log_prob.is_number(), origin, ": \"log_probs\" holds ", log_prob.dump(),
               ", which is not a number");
    choice.log_probs.push_back(static_cast<float>(log_prob.get<double>()));
  }
  for (const Json& flag : Array(row, "greedy", origin)) {
    choice.greedy.push_back(ToInteger<uint8_t>(flag, "greedy", origin));
  }
  choice.context_tokens = Integer(row, "context_tokens", origin);
  choice.truncated_tokens = Integer(row, "truncated_tokens", origin);
  choice.length = {.characters = Integer(row, "characters", origin), .bytes = Integer(row, "bytes", origin)};
  choice.length_without_blank = {.characters = Integer(row, "characters_without_blank", origin),
                                 .bytes = Integer(row, "bytes_without_blank", origin)};
  return choice;
}

}  // namespace

OrderedJson ToJson(const LedgerIdentity& identity) {
  OrderedJson json;
  LedgerIdentity::Visit(identity, [&](const char* name, const auto& field) { json[name] = field; });
  return json;
}

std::string FormatRow(const LedgerHeader& header) {
  return OrderedJson{{"vffn_ledger", kLedgerSchema},
                     {"identity", ToJson(header.identity)},
                     {"program_version", header.program_version},
                     {"provenance", header.provenance}}
      .dump();
}

std::string FormatRow(const LedgerTask& task) {
  return OrderedJson{{"row", "task"},
                     {"task", task.name},
                     {"split", task.split},
                     {"data_sha256", task.data_sha256},
                     {"data_set_size", task.data_set_size},
                     {"docs", task.docs}}
      .dump();
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

LedgerHeader ParseHeader(const Json& row, const std::string& origin) {
  VFFN_CHECK(row.is_object() && row.contains("vffn_ledger"), origin, ": not the header of a vffn ledger");
  const int64_t schema = Integer(row, "vffn_ledger", origin);
  VFFN_CHECK(schema >= 1 && schema <= kLedgerSchema, origin, ": the ledger's schema is ", schema,
             ", this program knows up to ", kLedgerSchema, "; use a newer program");
  LedgerHeader header{.program_version = Text(row, "program_version", origin),
                      .provenance = OrderedJson::parse(Field(row, "provenance", origin).dump())};
  const Json& identity = Field(row, "identity", origin);
  VFFN_CHECK(identity.is_object(), origin, ": \"identity\" is not an object");
  LedgerIdentity::Visit(header.identity, [&](const char* name, auto& field) {
    if (!identity.contains(name)) {
      return;
    }
    if constexpr (std::is_integral_v<std::remove_reference_t<decltype(field)>>) {
      field = Integer(identity, name, origin);
    } else {
      field = Text(identity, name, origin);
    }
  });
  return header;
}

LedgerTask ParseTask(const Json& row, const std::string& origin) {
  return {.name = Text(row, "task", origin),
          .split = Text(row, "split", origin),
          .data_sha256 = Text(row, "data_sha256", origin),
          .data_set_size = Integer(row, "data_set_size", origin),
          .docs = Integer(row, "docs", origin)};
}

ScoredDoc ParseDoc(const Json& row, const std::string& origin) {
  ScoredDoc doc{.task = Text(row, "task", origin),
                .doc_id = Integer(row, "doc_id", origin),
                .gold = Integer<int>(row, "gold", origin),
                .request_sha256 = Text(row, "request_sha256", origin)};
  for (const Json& choice : Array(row, "choices", origin)) {
    doc.choices.push_back(ParseChoice(choice, origin));
  }
  Validate(doc, origin);
  return doc;
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
