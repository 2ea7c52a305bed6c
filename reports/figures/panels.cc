#include "reports/figures/panels.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "base/json.h"

namespace vffn {
namespace {

/// Members of a specification that all panels share.
constexpr const char* kCommon[] = {"$schema", "description", "background", "padding", "config"};

/// Keeps the rows of the panel wherever a view names its data.
void FilterData(const OrderedJson& filter, OrderedJson& view) {
  if (!view.is_structured()) {
    return;
  }
  if (view.is_object() && view.contains("data") && view["data"].contains("name")) {
    OrderedJson transform = OrderedJson::array({filter});
    if (view.contains("transform")) {
      transform.insert(transform.end(), view["transform"].begin(), view["transform"].end());
    }
    view["transform"] = std::move(transform);
  }
  for (OrderedJson& part : view) {
    FilterData(filter, part);
  }
}

/// Takes the labels off an axis that another panel has, and the legends.
void RemoveOuter(bool axis, bool legend, OrderedJson& view) {
  if (!view.is_structured()) {
    return;
  }
  if (view.is_object() && axis && view.contains("y") && view["y"].is_object() && view["y"].contains("axis")) {
    view["y"]["axis"]["title"] = nullptr;
    view["y"]["axis"]["labelExpr"] = "' '";  // as high as a label: rows stay aligned
  }
  if (view.is_object() && legend && view.contains("field") && view.contains("legend")) {
    view["legend"] = nullptr;
  }
  for (OrderedJson& part : view) {
    RemoveOuter(axis, legend, part);
  }
}

Dataset& DatasetNamed(const std::string& name, Figure& figure) {
  const auto found = std::ranges::find(figure.datasets, name, &Dataset::name);
  return found != figure.datasets.end() ? *found : figure.datasets.emplace_back(Dataset{.name = name});
}

void AddRows(const Figure& panel, const std::string& column, const std::string& label, Figure& joined) {
  for (const Dataset& dataset : panel.datasets) {
    Dataset& all = DatasetNamed(dataset.name, joined);
    for (const DataRow& row : dataset.rows) {
      DataRow& added = all.rows.emplace_back(DataRow{{column, label}});
      std::ranges::copy_if(row, std::back_inserter(added),
                           [&](const auto& value) { return value.first != column; });
    }
  }
}

}  // namespace

Figure JoinPanels(const std::vector<Figure>& panels, const PanelLayout& layout, const std::string& caption) {
  VFFN_CHECK(!panels.empty() && panels.size() == layout.labels.size() && layout.columns > 0,
             "panels: ", panels.size(), " figures with ", layout.labels.size(), " labels");
  Figure joined{.name = panels[0].name,
                .caption = caption,
                .width = panels[0].width,
                .font = panels[0].font,
                .least_size = panels[0].least_size};
  OrderedJson spec = OrderedJson::object(), views = OrderedJson::array();
  for (size_t i = 0; i < panels.size(); ++i) {
    const std::string& label = layout.labels[i];
    VFFN_CHECK(std::ranges::count(layout.labels, label) == 1, "two panels are named ", label,
               ": give one of them another name with --name OLD=NEW");
    OrderedJson view = OrderedJson::parse(panels[i].specification);
    for (const char* member : kCommon) {
      spec[member] = view[member];
      view.erase(member);
    }
    FilterData({{"filter", {{"field", layout.what}, {"equal", label}}}}, view);
    const bool last = (i + 1) % layout.columns == 0 || i + 1 == panels.size();
    if (layout.shared) {
      RemoveOuter(i % layout.columns != 0, !last, view);
    }
    views.push_back(std::move(view));
    AddRows(panels[i], layout.what, label, joined);
    joined.texts.insert(joined.texts.end(), panels[i].texts.begin(), panels[i].texts.end());
  }
  spec["description"] = caption;
  spec["columns"] = layout.columns;
  spec["spacing"] = 10;
  spec["resolve"] = {{"scale", {{"color", "independent"}}}};
  spec["concat"] = std::move(views);
  joined.specification = spec.dump(1);
  return joined;
}

}  // namespace vffn
