#include "runs/ledger_facts.h"

#include "base/fields.h"
#include "base/json.h"
#include "model/parameters.h"

namespace vffn {

OrderedJson ProvenanceJson(const std::string& model_name, const std::string& profile, const RunInfo& info) {
  OrderedJson json = {{"model_path", model_name},
                      {"device", info.device},
                      {"profile", profile},
                      {"model_format", info.model_format},
                      {"untrained", info.untrained}};
  if (info.config) {
    json["config"] = ToJson(*info.config);
  }
  return json;
}

LedgerFacts FactsOfLedger(const LedgerHeader& header, const std::string& origin) {
  const Json json = ParseJson(header.provenance.dump(), origin);
  const Fields fields(json, origin, "provenance");
  LedgerFacts facts{.model_name = fields.Get<std::string>("model_path", ""),
                    .profile = fields.Get<std::string>("profile", ""),
                    .info = {.model_format = fields.Get<std::string>("model_format", ""),
                             .untrained = fields.Get<bool>("untrained", false),
                             .program = {.version = header.program_version},
                             .device = fields.Get<std::string>("device", "")}};
  if (const Json* config = fields.Find("config")) {
    facts.info.config = ParseModelConfig(*config, fields.Where("config"));
    Validate(*facts.info.config, fields.Where("config"));
    facts.info.parameters = ParameterCount(*facts.info.config);
  }
  return facts;
}

}  // namespace vffn
