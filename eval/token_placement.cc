#include "eval/token_placement.h"

#include "base/error.h"

namespace vffn {
namespace {

std::string IdList(const std::vector<TokenId>& ids) {
  std::string list = "[";
  for (const TokenId id : ids) {
    list.append(list.size() > 1 ? ", " : "").append(std::to_string(id));
  }
  return list + "]";
}

/// The BOS of --add_bos_token true: the one that the profile's harness would know of first.
SpecialToken RequestedBos(SpecialTokenRule rule, const SpecialTokens& special) {
  const bool config_first = rule == SpecialTokenRule::kConfigBos;
  const auto& first = config_first ? special.model_bos : special.bos;
  const auto& second = config_first ? special.bos : special.model_bos;
  VFFN_CHECK(
      first || second,
      "--add_bos_token true: the model has no BOS token: neither bos_token of its tokenizer's files nor "
      "bos_token_id of its configuration names one of the vocabulary");
  return first ? *first : *second;
}

void PlaceBos(const std::optional<SpecialToken>& bos, const std::string& without, TokenPlacement& placement) {
  if (bos) {
    placement.around.before = {bos->id};
  }
  placement.around_reason = bos ? bos->source : without;
}

void PlaceByRule(SpecialTokenRule rule, const SpecialTokens& special, TokenPlacement& placement) {
  switch (rule) {
    case SpecialTokenRule::kNone:
      placement.around_reason = "the profile adds none";
      break;
    case SpecialTokenRule::kConfigBos:
      if (special.has_model_config) {
        PlaceBos(special.model_bos, "config.json has no bos_token_id", placement);
      } else {
        PlaceBos(special.bos, "the tokenizer's files name no BOS token", placement);
      }
      break;
    case SpecialTokenRule::kTokenizer:
      placement.around = special.around;
      placement.around_reason = special.around_source;
      break;
  }
}

/// As lm-evaluation-harness: BOS, else EOS, of the tokenizer. A model whose tokenizer names neither, where
/// the harness stops, has those of its configuration.
std::optional<SpecialToken> PrefixToken(const SpecialTokens& special) {
  for (const auto& token : {special.bos, special.eos, special.model_bos}) {
    if (token) {
      return token;
    }
  }
  return special.model_eos.empty() ? std::nullopt : std::optional(special.model_eos.front());
}

}  // namespace

std::string TokenPlacement::Ids() const {
  std::string text = "before " + IdList(around.before) + ", after " + IdList(around.after);
  if (empty_context) {
    text += ", empty context " + IdList({empty_context->id});
  }
  return text;
}

TokenPlacement PlaceSpecialTokens(const Profile& profile, const SpecialTokens& special,
                                  std::optional<bool> add_bos) {
  TokenPlacement placement;
  if (!add_bos) {
    PlaceByRule(profile.special_tokens, special, placement);
  } else if (*add_bos) {
    const SpecialToken bos = RequestedBos(profile.special_tokens, special);
    PlaceBos(bos, "", placement);
    placement.around_reason = "--add_bos_token true; " + bos.source;
  } else {
    placement.around_reason = "--add_bos_token false";
  }
  if (profile.special_tokens == SpecialTokenRule::kTokenizer) {
    placement.empty_context = PrefixToken(special);
    placement.marked_begin = placement.empty_context ? placement.empty_context->text : "";
  }
  return placement;
}

std::string ProfilesWithTokens(const Profile& profile, const SpecialTokens& special,
                               std::optional<bool> add_bos) {
  const auto ids = [&](const Profile& other) { return PlaceSpecialTokens(other, special, add_bos).Ids(); };
  std::string names;
  for (const Profile& other : Profiles()) {
    if (other.rendering == profile.rendering && other.encoding == profile.encoding &&
        ids(other) == ids(profile)) {
      names.append(names.empty() ? "" : ",").append(other.name);
    }
  }
  return names;
}

}  // namespace vffn
