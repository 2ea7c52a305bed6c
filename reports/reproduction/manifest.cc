#include "reports/reproduction/manifest.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "base/error.h"

namespace vffn {
namespace {

/// The fields of one object: every one must be asked for by name, and none may be left over.
class Fields {
 public:
  Fields(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    VFFN_CHECK(json.is_object(), where_, ": should be an object");
  }

  const Json* Find(const std::string& name) {
    known_.insert(name);
    return json_.contains(name) ? &json_[name] : nullptr;
  }
  const Json& Get(const std::string& name) {
    const Json* value = Find(name);
    VFFN_CHECK(value != nullptr, where_, ": ", name, " is missing");
    return *value;
  }

  std::string Text(const std::string& name, const std::string& otherwise) {
    const Json* value = Find(name);
    return value == nullptr ? otherwise : TextOf(name, *value);
  }
  std::string Text(const std::string& name) { return TextOf(name, Get(name)); }
  std::optional<std::string> OptionalText(const std::string& name) {
    const Json* value = Find(name);
    return value == nullptr ? std::nullopt : std::optional(TextOf(name, *value));
  }

  bool Flag(const std::string& name, bool otherwise) {
    const Json* value = Find(name);
    VFFN_CHECK(value == nullptr || value->is_boolean(), where_, ": ", name, " is ",
               value ? value->dump() : "", ", should be true or false");
    return value == nullptr ? otherwise : value->get<bool>();
  }

  std::optional<double> Number(const std::string& name, double low) {
    const Json* value = Find(name);
    if (value == nullptr) {
      return std::nullopt;
    }
    VFFN_CHECK(value->is_number() && std::isfinite(value->get<double>()) && value->get<double>() >= low,
               where_, ": ", name, " is ", value->dump(), ", should be a number of ", low, " or more");
    return value->get<double>();
  }

  int64_t Count(const std::string& name, int64_t otherwise) {
    const Json* value = Find(name);
    if (value == nullptr) {
      return otherwise;
    }
    VFFN_CHECK(value->is_number_unsigned() && value->get<uint64_t>() > 0 && value->get<uint64_t>() < 1000000,
               where_, ": ", name, " is ", value->dump(), ", should be a count from 1");
    return value->get<int64_t>();
  }

  /// "all", or a list of names, as a list with commas.
  std::string Tasks(const std::string& name, const std::string& otherwise) {
    const Json* value = Find(name);
    if (value == nullptr || value->is_string()) {
      return value == nullptr ? otherwise : value->get<std::string>();
    }
    VFFN_CHECK(value->is_array() && !value->empty(), where_, ": ", name, " is ", value->dump(),
               ", should be \"all\" or a list of task names");
    std::string list;
    for (const Json& task : *value) {
      list.append(list.empty() ? "" : ",").append(TextOf(name, task));
    }
    return list;
  }

  /// A list of texts; empty if it is not there.
  std::vector<std::string> Texts(const std::string& name) {
    std::vector<std::string> texts;
    if (const Json* value = Find(name)) {
      VFFN_CHECK(value->is_array(), where_, ": ", name, " is ", value->dump(), ", should be a list");
      for (const Json& text : *value) {
        texts.push_back(TextOf(name, text));
      }
    }
    return texts;
  }

  /// A list of numbers from 0; empty if it is not there.
  std::vector<int64_t> Indices(const std::string& name) {
    std::vector<int64_t> indices;
    if (const Json* value = Find(name)) {
      VFFN_CHECK(value->is_array() && std::ranges::all_of(*value, &Json::is_number_unsigned), where_, ": ",
                 name, " is ", value->dump(), ", should be a list of numbers from 0");
      indices = value->get<std::vector<int64_t>>();
    }
    return indices;
  }

  void RefuseOthers() const {
    for (const auto& [name, value] : json_.items()) {
      std::string known;
      for (const std::string& field : known_) {
        known.append(known.empty() ? "" : ", ").append(field);
      }
      VFFN_CHECK(known_.contains(name), where_, ": unknown field \"", name, "\"; there are ", known);
    }
  }

  const std::string& where() const { return where_; }

 private:
  std::string TextOf(const std::string& name, const Json& value) const {
    VFFN_CHECK(value.is_string() && !value.get_ref<const std::string&>().empty(), where_, ": ", name, " is ",
               value.dump(), ", should be a text");
    return value.get<std::string>();
  }

  const Json& json_;
  std::string where_;
  std::set<std::string> known_;
};

std::filesystem::path Resolve(const std::filesystem::path& manifest, const std::string& path) {
  return path.empty() ? std::filesystem::path() : (manifest.parent_path() / path).lexically_normal();
}

void CheckName(const std::string& name, const std::string& where) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._+()-";
  VFFN_CHECK(!name.starts_with('.') && name.find_first_not_of(kAllowed) == std::string::npos, where,
             ": name is \"", name,
             "\"; letters, digits, blanks and ._+()- may be in it, and no point first: it names a folder");
}

ManifestEntry ParseEntry(const Json& json, const std::string& where, const std::filesystem::path& path,
                         const ManifestEntry& defaults) {
  Fields fields(json, where);
  ManifestEntry entry = defaults;
  entry.name = fields.Text("name");
  entry.where = where + " (" + entry.name + ")";
  CheckName(entry.name, where);
  Fields named(json, entry.where);
  named.Find("name");
  entry.model = Resolve(path, named.Text("model"));
  entry.tokenizer = Resolve(path, named.Text("tokenizer", ""));
  entry.model_args = named.Text("model_args", "");
  entry.row = named.OptionalText("row");
  if (entry.row) {
    ParsePaperRows(*entry.row, entry.where + ": row");
  }
  entry.loss = named.Number("loss", 0);
  entry.untrained = named.Flag("untrained", false);
  entry.tasks = named.Tasks("tasks", defaults.tasks);
  VFFN_CHECK(!entry.tasks.empty(), entry.where, ": tasks is missing, here and for all checkpoints");
  entry.limit = named.Number("limit", 0).value_or(defaults.limit);
  entry.dtype = named.Text("dtype", defaults.dtype);
  entry.trace = named.Flag("trace", defaults.trace);
  entry.trace_branches = named.Flag("trace_branches", false);
  entry.trace_features = named.Texts("trace_features");
  entry.trace_layers = named.Indices("trace_layers");
  entry.control_of = named.Text("control_of", "");
  named.RefuseOthers();
  return entry;
}

void ParsePage(const Json& json, const std::string& where, Manifest& manifest) {
  Fields fields(json, where);
  manifest.page_questions = fields.Count("questions", manifest.page_questions);
  if (const Json* models = fields.Find("models")) {
    VFFN_CHECK(models->is_array() && !models->empty() && models->size() <= 2, where, ": models is ",
               models->dump(), ", should be one or two names of checkpoints");
    manifest.page_models.clear();
    for (const Json& model : *models) {
      VFFN_CHECK(model.is_string() && std::ranges::count(manifest.checkpoints, model.get<std::string>(),
                                                         &ManifestEntry::name) == 1,
                 where, ": models names ", model.dump(), ", which is no checkpoint here");
      manifest.page_models.push_back(model.get<std::string>());
    }
  }
  fields.RefuseOthers();
}

}  // namespace

RunNotes ManifestEntry::Notes() const {
  return {.name = name, .row = row, .loss = loss, .untrained = untrained};
}

std::string ManifestEntry::FolderName() const {
  std::string folder = name;
  std::ranges::replace(folder, ' ', '-');
  return folder;
}

Manifest ParseManifest(const Json& json, const std::filesystem::path& path) {
  const std::string origin = path.string();
  Fields fields(json, origin);
  Manifest manifest{.title = fields.Text("title", path.stem().string()),
                    .data = Resolve(path, fields.Text("data"))};
  manifest.training_log = Resolve(path, fields.Text("training_log", ""));
  manifest.profile = fields.Text("profile", manifest.profile);
  manifest.device = fields.Text("device", manifest.device);
  manifest.workers = fields.Count("workers", 0);
  ManifestEntry defaults;
  defaults.tasks = fields.Tasks("tasks", "");
  defaults.limit = fields.Number("limit", 0).value_or(0);
  defaults.dtype = fields.Text("dtype", defaults.dtype);
  defaults.trace = fields.Flag("trace", true);
  const Json& entries = fields.Get("checkpoints");
  VFFN_CHECK(entries.is_array() && !entries.empty(), origin,
             ": checkpoints should be a list of at least one");
  std::set<std::string> folders;
  for (size_t i = 0; i < entries.size(); ++i) {
    manifest.checkpoints.push_back(
        ParseEntry(entries[i], origin + ": checkpoints[" + std::to_string(i) + "]", path, defaults));
    const ManifestEntry& entry = manifest.checkpoints.back();
    VFFN_CHECK(folders.insert(entry.FolderName()).second, entry.where, ": another checkpoint has that name");
    if (manifest.page_models.size() < 2) {
      manifest.page_models.push_back(entry.name);
    }
  }
  for (const ManifestEntry& entry : manifest.checkpoints) {
    VFFN_CHECK(entry.control_of.empty() ||
                   (entry.control_of != entry.name &&
                    std::ranges::count(manifest.checkpoints, entry.control_of, &ManifestEntry::name) == 1),
               entry.where, ": control_of names \"", entry.control_of,
               "\", which is no other checkpoint here");
  }
  if (const Json* page = fields.Find("page")) {
    ParsePage(*page, origin + ": page", manifest);
  }
  fields.RefuseOthers();
  return manifest;
}

}  // namespace vffn
