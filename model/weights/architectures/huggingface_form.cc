#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

constexpr std::string_view kModelPrefix = "model.";

/// What models are that this program does not score, by their model_type.
struct ForeignKind {
  std::string_view description;
  std::vector<std::string_view> model_types;
};

const std::vector<ForeignKind>& ForeignKinds() {
  static const std::vector<ForeignKind> kinds = {
      {"an encoder, which gives no probability of the next token",
       {"bert", "roberta", "xlm-roberta", "camembert", "distilbert", "albert", "electra", "deberta",
        "deberta-v2", "modernbert", "mpnet", "longformer", "big_bird", "nomic_bert"}},
      {"an encoder with a decoder",
       {"t5", "mt5", "umt5", "switch_transformers", "bart", "mbart", "pegasus", "marian", "m2m_100", "longt5",
        "led", "whisper"}},
      {"a model with recurrent layers instead of attention, or beside it",
       {"mamba", "mamba2", "falcon_mamba", "rwkv", "recurrent_gemma", "jamba", "zamba", "zamba2", "bamba",
        "falcon_h1", "granitemoehybrid", "nemotron_h", "lfm2", "qwen3_next", "minimax"}},
      {"a model whose attention has linear biases (ALiBi) instead of positions", {"bloom", "mpt"}},
      {"a model that also reads images or sound",
       {"llava", "llava_next", "qwen2_vl", "qwen2_5_vl", "qwen3_vl", "mllama", "paligemma", "idefics2",
        "idefics3", "smolvlm", "mistral3", "llama4", "gemma3n", "gemma4", "clip", "phi4_multimodal"}},
  };
  return kinds;
}

std::string SupportedClasses() {
  std::string classes;
  for (const Architecture& architecture : Architectures()) {
    if (architecture.hugging_face) {
      classes.append(classes.empty() ? "" : ", ").append(architecture.hugging_face->class_name);
    }
  }
  return classes;
}

std::string Lowered(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// The classes that config.json names: none, if `architectures` is absent.
std::vector<std::string> ClassNames(const Fields& config) {
  constexpr std::string_view kKey = "architectures";
  const Json* value = config.Find(kKey);
  if (value == nullptr) {
    return {};
  }
  return value->is_string() ? std::vector{value->get<std::string>()}
                            : config.Get<std::vector<std::string>>(kKey);
}

/// "LLaMAForCausalLM" is an early spelling of LlamaForCausalLM.
bool Names(const std::string& class_name, const HuggingFaceForm& form) {
  return Lowered(class_name) == Lowered(form.class_name);
}

template <class Matches>
const HuggingFaceForm* FindForm(const Matches& matches) {
  for (const Architecture& architecture : Architectures()) {
    if (architecture.hugging_face && matches(*architecture.hugging_face)) {
      return &*architecture.hugging_face;
    }
  }
  return nullptr;
}

[[noreturn]] void FailUnknown(const Fields& config, const std::string& model_type,
                              const std::vector<std::string>& classes) {
  std::string what;
  for (const ForeignKind& kind : ForeignKinds()) {
    if (std::ranges::find(kind.model_types, model_type) != kind.model_types.end()) {
      what = " is " + std::string(kind.description) + ":";
    }
  }
  Fail(config.origin(), ": ", model_type.empty() ? "architectures" : "model_type", " = ",
       Json(model_type.empty() ? (classes.empty() ? "" : classes.front()) : model_type).dump(), what,
       " not supported. Supported: ", SupportedClasses());
}

/// Whether a class has the head of a language model. A class without a head ("LlamaModel") has none of its
/// own: transformers adds one, and whether the folder has its weights shows when it is read.
bool IsLanguageModel(const std::string& class_name) {
  constexpr std::array<std::string_view, 3> kEnds = {"lm", "lmheadmodel", "model"};
  const std::string name = Lowered(class_name);
  return std::ranges::any_of(kEnds, [&](std::string_view end) { return name.ends_with(end); });
}

/// Throws if `architectures` contradicts the form.
void CheckClasses(const Fields& config, const std::vector<std::string>& classes,
                  const HuggingFaceForm& form) {
  for (const std::string& name : classes) {
    if (Names(name, form)) {
      return;
    }
  }
  for (const std::string& name : classes) {
    const HuggingFaceForm* other = FindForm([&](const HuggingFaceForm& any) { return Names(name, any); });
    VFFN_CHECK(other == nullptr, config.origin(), ": architectures names ", name, ", but model_type is \"",
               form.model_type, "\", that of ", form.class_name, ": one of them is wrong");
    VFFN_CHECK(IsLanguageModel(name), config.origin(), ": architectures = ", name,
               " has another head than a language model's: not supported. Supported: ", SupportedClasses());
  }
}

}  // namespace

const HuggingFaceForm& HuggingFaceFormOf(const Fields& config) {
  const auto model_type = config.Get<std::string>("model_type", "");
  const std::vector<std::string> classes = ClassNames(config);
  VFFN_CHECK(!model_type.empty() || !classes.empty(), config.origin(),
             ": has neither model_type nor architectures, which say what the model is; supported: ",
             SupportedClasses());
  const HuggingFaceForm* form = FindForm([&](const HuggingFaceForm& any) {
    return model_type.empty() ? Names(classes.front(), any) : any.model_type == model_type;
  });
  if (form == nullptr) {
    FailUnknown(config, model_type, classes);
  }
  CheckClasses(config, classes, *form);
  return *form;
}

Recipe RecipeOf(const HuggingFaceForm& form, std::span<const TensorView> tensors) {
  Recipe recipe = form.tensors;
  for (const Recipe& variant : form.variants) {
    // A model that was saved without its head lacks the prefix.
    const std::string name = FirstName(variant.begin()->second.front());
    const std::string_view first =
        std::string_view(name).substr(name.starts_with(kModelPrefix) ? kModelPrefix.size() : 0);
    const auto has_first = [&](const TensorView& tensor) { return tensor.name.ends_with(first); };
    if (std::ranges::any_of(tensors, has_first)) {
      for (const auto& [parameter, sources] : variant) {
        recipe[parameter] = sources;
      }
    }
  }
  return recipe;
}

}  // namespace vffn
