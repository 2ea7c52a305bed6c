#include "model/weights/tensor_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace vffn {
namespace {

constexpr std::array<std::string_view, 4> kWrappers = {"_orig_mod.", "_fsdp_wrapped_module.",
                                                       "_checkpoint_wrapped_module.", "_forward_module."};
constexpr int kMostPrefixes = 5;

using NameList = std::vector<std::string>;

std::string WithoutWrappers(std::string name) {
  for (const std::string_view wrapper : kWrappers) {
    for (size_t at = name.find(wrapper); at != std::string::npos; at = name.find(wrapper, at)) {
      if (at == 0 || name[at - 1] == '.') {
        name.erase(at, wrapper.size());
      } else {
        ++at;
      }
    }
  }
  return name;
}

/// The name as in a recipe: the first number is the layer, the second the expert.
std::string PatternOf(const std::string& name) {
  std::string pattern;
  int numbers = 0;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('.', begin), name.size());
    const std::string_view part = std::string_view(name).substr(begin, end - begin);
    const bool number =
        !part.empty() && std::ranges::all_of(part, [](unsigned char c) { return std::isdigit(c); });
    pattern.append(begin == 0 ? "" : ".");
    pattern.append(number ? (numbers++ == 0 ? "{}" : "{e}") : part);
    begin = end + 1;
  }
  return pattern;
}

/// The names of a recipe.
class KnownNames {
 public:
  explicit KnownNames(const Recipe& recipe) {
    for (const auto& [parameter, sources] : recipe) {
      for (const Source& source : sources) {
        patterns_.insert(source.name);
        if (parameter == "embedding.weight") {
          prefix_ = PrefixOf(source.name);
        }
      }
    }
  }

  /// "model." of "model.embed_tokens.weight"; nothing if the name has only two parts.
  const std::string& prefix() const { return prefix_; }

  bool Has(const std::string& name) const { return patterns_.contains(PatternOf(name)); }

  int64_t CountIn(const NameList& names) const {
    return std::ranges::count_if(names, [&](const std::string& name) { return Has(name); });
  }

 private:
  static std::string PrefixOf(const std::string& name) {
    const size_t dot = name.find('.');
    return dot == std::string::npos || name.find('.', dot + 1) == std::string::npos ? ""
                                                                                    : name.substr(0, dot + 1);
  }

  std::set<std::string, std::less<>> patterns_;
  std::string prefix_;
};

/// Leaves out the first part of the names. False if they do not all have the same.
bool DropCommonPrefix(NameList& names) {
  const size_t dot = names.empty() ? std::string::npos : names.front().find('.');
  if (dot == std::string::npos) {
    return false;
  }
  const std::string prefix = names.front().substr(0, dot + 1);
  if (!std::ranges::all_of(names, [&](const std::string& name) { return name.starts_with(prefix); })) {
    return false;
  }
  for (std::string& name : names) {
    name.erase(0, prefix.size());
  }
  return true;
}

NameList WithPrefix(const KnownNames& known, NameList names) {
  for (std::string& name : names) {
    if (!known.Has(name)) {
      name.insert(0, known.prefix());
    }
  }
  return names;
}

}  // namespace

void FitNames(const Recipe& recipe, std::vector<TensorView>& tensors) {
  const KnownNames known(recipe);
  NameList names;
  for (const TensorView& tensor : tensors) {
    names.push_back(WithoutWrappers(tensor.name));
  }
  NameList best = names;
  int64_t most = known.CountIn(names);
  const auto consider = [&](const NameList& candidate) {
    if (const int64_t count = known.CountIn(candidate); count > most) {
      most = count;
      best = candidate;
    }
  };
  int dropped = 0;
  do {
    consider(names);
    consider(WithPrefix(known, names));
  } while (dropped++ < kMostPrefixes && DropCommonPrefix(names));
  for (size_t i = 0; i < tensors.size(); ++i) {
    tensors[i].name = std::move(best[i]);
  }
}

}  // namespace vffn
