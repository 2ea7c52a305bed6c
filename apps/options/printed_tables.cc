#include "apps/options/printed_tables.h"

#include <iostream>

#include "base/json.h"
#include "base/valid_utf8.h"
#include "eval/ledger.h"
#include "reports/tables/table_data.h"
#include "reports/tables/table_text.h"
#include "runs/folders/run_names.h"

namespace vffn {

std::string TablesText(std::span<const Table> tables, const std::string& format) {
  if (format == "json") {
    OrderedJson json = OrderedJson::object();
    for (const Table& table : tables) {
      json[table.name] = ToJson(table);
    }
    return DumpJson(tables.size() == 1 ? ToJson(tables.front()) : json, 2) + "\n";
  }
  std::string text;
  for (const Table& table : tables) {
    text += (text.empty() ? "" : "\n") + ToText(table, ParseTableFormat(format));
  }
  return text;
}

std::vector<Table> NamedTables(const RunFolder& folder, const LedgerHeader& header,
                               std::vector<Table> tables) {
  const std::string run =
      RunName(ReadRunNotes(folder.notes()), header.provenance.value("model_path", std::string()));
  for (Table& table : tables) {
    table.Prepend(MakeRow("run", run));
  }
  return tables;
}

std::vector<Table> NamedTables(const RunFolder& folder, std::vector<Table> tables) {
  return NamedTables(folder, ReadLedgerHeader(folder.ledger()), std::move(tables));
}

std::ostream& Remarks(const std::string& format) { return format == "console" ? std::cout : std::cerr; }

}  // namespace vffn
