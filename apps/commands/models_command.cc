#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/options/printed_tables.h"
#include "apps/options/shared_options.h"
#include "model/weights/architectures/architecture.h"

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

void ListModels(const std::string& format) {
  Table table("models", {{"class", "class"},
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
  std::cout << TablesText({{table}}, format);
}

}  // namespace

void AddModelsCommand(Command& program) {
  auto format = std::make_shared<std::string>("console");
  Command& command = program.AddCommand(
      "models",
      "List the architectures whose checkpoints load, with their names in Hugging Face, GGUF and OLMo "
      "checkpoints and the program their logits were checked against.");
  AddFormatOption(*format, command);
  command.AddExample("vffn models");
  command.AddExample("vffn models --format csv");
  command.OnRun([format] { ListModels(*format); });
}

}  // namespace vffn
