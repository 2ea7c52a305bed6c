#include "reports/figures/figure_template.h"

#include <set>

#include "base/error.h"
#include "base/json.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/templates/style.vl.json.h"

namespace vffn {
namespace {

constexpr const char* kCondition = "$if";
constexpr std::string_view kOptional = "$?";

class Filler {
 public:
  explicit Filler(const TemplateValues& values) : values_(values) {}

  OrderedJson Fill(const OrderedJson& node) {
    if (node.is_string()) {
      const auto& text = node.get_ref<const std::string&>();
      return text.starts_with(kOptional) ? ValueOf(text.substr(kOptional.size()))
             : text.starts_with('$')     ? ValueOf(text.substr(1))
                                         : node;
    }
    if (!node.is_structured()) {
      return node;
    }
    OrderedJson filled(node.type());
    for (const auto& [key, part] : node.items()) {
      if (key == kCondition || IsAbsent(part)) {
        continue;
      }
      OrderedJson value = Fill(part);  // also of what is removed, so that its places count as used
      if (!Stays(part)) {
        continue;
      }
      if (node.is_array()) {
        filled.push_back(std::move(value));
      } else {
        filled[key] = std::move(value);
      }
    }
    return filled;
  }

  void CheckThatAllAreUsed() const {
    for (const auto& [name, value] : values_) {
      VFFN_CHECK(used_.contains(name), "figure template: the value \"", name, "\" has no place");
    }
  }

 private:
  OrderedJson ValueOf(const std::string& name) {
    const auto found = values_.find(name);
    VFFN_CHECK(found != values_.end() && !found->second.absent(), "figure template: the place \"$", name,
               "\" has no value");
    VFFN_CHECK(found->second.finite(), "figure template: the value \"", name, "\" is not a finite number");
    used_.insert(name);
    return OrderedJson::parse(found->second.text());
  }

  /// Whether it is an optional place without a value.
  bool IsAbsent(const OrderedJson& node) {
    if (!node.is_string() || !node.get_ref<const std::string&>().starts_with(kOptional)) {
      return false;
    }
    const auto found = values_.find(node.get_ref<const std::string&>().substr(kOptional.size()));
    if (found == values_.end() || !found->second.absent()) {
      return false;
    }
    used_.insert(found->first);
    return true;
  }

  bool Stays(const OrderedJson& node) {
    if (!node.is_object() || !node.contains(kCondition)) {
      return true;
    }
    const std::string name = node[kCondition];
    const OrderedJson value = ValueOf(name);
    VFFN_CHECK(value.is_boolean(), "figure template: the value \"", name,
               "\" decides what is drawn, so it is "
               "true or false, not ",
               value.dump());
    return value.get<bool>();
  }

  const TemplateValues& values_;
  std::set<std::string, std::less<>> used_;
};

OrderedJson FilledJson(std::string_view text, const TemplateValues& values) {
  Filler filler(values);
  OrderedJson filled = filler.Fill(OrderedJson::parse(text));
  filler.CheckThatAllAreUsed();
  return filled;
}

}  // namespace

std::string FillTemplate(std::string_view text, const TemplateValues& values) {
  return FilledJson(text, values).dump();
}

std::string MakeSpecification(const std::string& description, std::string_view text,
                              const TemplateValues& values, const FigureStyle& style) {
  OrderedJson spec = FilledJson(kStyleVlJson, {{"description", description},
                                               {"font", style.font},
                                               {"categories", style.palette.Categories()},
                                               {"label_size", style.label_size()},
                                               {"title_size", style.title_size()},
                                               {"panel_size", style.panel_size()}});
  spec.update(FilledJson(text, values));
  return spec.dump(1);
}

}  // namespace vffn
