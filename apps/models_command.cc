#include <iostream>

#include "apps/commands.h"
#include "model/weights/architectures/architecture.h"
#include "reports/tables/table_text.h"

namespace vffn {
namespace {

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) {
    joined += (joined.empty() ? "" : ", ") + word;
  }
  return joined;
}

/// Whose results the tests compare those of an architecture with.
std::string ReferenceOf(const Architecture& architecture) {
  return architecture.hugging_face ? "transformers 5.24.0" : "OLMo";
}

void ListModels() {
  Table table({{"class", "class"},
               {"model_type", "Hugging Face model_type"},
               {"gguf", "GGUF architecture"},
               {"olmo", "OLMo block_type"},
               {"reference", "logits checked against"}});
  for (const Architecture& architecture : Architectures()) {
    const auto& [hugging_face, gguf, shared_gguf, olmo] = architecture;
    table.AddRow("class", hugging_face ? hugging_face->class_name : "", "model_type",
                 hugging_face ? hugging_face->model_type : "", "gguf", gguf ? gguf->name : shared_gguf,
                 "olmo", olmo ? Joined(olmo->block_types) : "", "reference", ReferenceOf(architecture));
  }
  std::cout << ToText(table, TableFormat::kConsole);
}

}  // namespace

void AddModelsCommand(Command& program) {
  program
      .AddCommand("models",
                  "List the architectures whose checkpoints load, with their names in Hugging Face, GGUF and "
                  "OLMo checkpoints and the program their logits were checked against.")
      .OnRun(ListModels);
}

}  // namespace vffn
