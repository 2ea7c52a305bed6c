#include "tests/real/setup.h"

#include "model/weights/gguf_vocabulary.h"

namespace vffn {

std::unique_ptr<const Tokenizer> OpenSetupTokenizer(const std::string& name) {
  if (name == "smollm2") {
    return MakeGgufTokenizer(ReadGgufVocabulary(SetupModel()));
  }
  return LoadTokenizerJson(SetupData() / "tokenizers" / "allenai_gpt-neox-olmo-dolma-v1_5.json");
}

}  // namespace vffn
