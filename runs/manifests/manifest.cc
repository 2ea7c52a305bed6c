#include "runs/manifests/manifest.h"

#include <algorithm>
#include <set>
#include <span>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "runs/folders/run_folder.h"
#include "runs/manifests/manifest_training.h"
#include "text/utf8.h"

namespace vffn {
namespace {

/// A text that is not empty.
std::string Text(const Fields& fields, const char* name) {
  auto text = fields.Get<std::string>(name);
  VFFN_CHECK(!text.empty(), fields.Where(name), " is empty");
  return text;
}

std::string Text(const Fields& fields, const char* name, const std::string& otherwise) {
  return fields.Has(name) ? Text(fields, name) : otherwise;
}

/// A number from 0.
std::optional<double> Amount(const Fields& fields, const char* name) {
  const auto number = fields.Optional<double>(name);
  VFFN_CHECK(number.value_or(0) >= 0, fields.Where(name), " is ", *number, ", should be a number from 0");
  return number;
}

int64_t Count(const Fields& fields, const char* name, int64_t otherwise, int64_t least = 1) {
  constexpr int64_t kMost = 999999;
  return fields.Has(name) ? fields.Integer(name, least, kMost) : otherwise;
}

/// "all" or a list of names, as a comma-separated list.
std::string TaskList(const Fields& fields, const char* name, const std::string& otherwise) {
  const Json* value = fields.Find(name);
  if (value == nullptr || value->is_string()) {
    return value == nullptr ? otherwise : value->get<std::string>();
  }
  VFFN_CHECK(value->is_array() && !value->empty(), fields.Where(name), " is ", value->dump(),
             ", should be \"all\" or a list of task names");
  std::string list;
  for (const std::string& task : fields.Get<std::vector<std::string>>(name)) {
    VFFN_CHECK(!task.empty(), fields.Where(name), " is ", value->dump(), ": a name is empty");
    list.append(list.empty() ? "" : ",").append(task);
  }
  return list;
}

/// A list of numbers from 0.
std::vector<int64_t> Indices(const Fields& fields, const char* name) {
  auto indices = fields.Get<std::vector<int64_t>>(name, {});
  VFFN_CHECK(std::ranges::all_of(indices, [](int64_t index) { return index >= 0; }), fields.Where(name),
             " is ", fields.Require(name).dump(), ", should be a list of numbers from 0");
  return indices;
}

/// Whether a name may have the character: it must be visible where folders are listed.
bool IsAllowedInNames(uint32_t code) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._+()-/";
  if (code < 0x80) {
    return kAllowed.find(static_cast<char>(code)) != std::string_view::npos;
  }
  // Controls, blanks, marks of direction, and the byte order mark.
  return code > 0xA0 && !(code >= 0x2000 && code <= 0x200F) && !(code >= 0x2028 && code <= 0x202F) &&
         !(code >= 0x205F && code <= 0x206F) && code != 0x3000 && code != 0xFEFF;
}

void CheckName(const std::string& name, const std::string& where) {
  bool allowed = !name.starts_with('.') && !name.starts_with('/');
  for (size_t at = 0; at < name.size();) {
    allowed = IsAllowedInNames(DecodeUtf8(name, at)) && allowed;
  }
  VFFN_CHECK(
      allowed, where, ": name is \"", name,
      "\"; letters of any script, digits, blanks and ._+()-/ may be in it, and it begins with neither a "
      "point nor a slash: it names a folder, with __ for a slash");
}

ManifestEntry ParseEntry(const SeededCheckpoint& checkpoint, const Fields& manifest,
                         const std::filesystem::path& path, const ManifestEntry& defaults) {
  ManifestEntry entry = defaults;
  entry.name = Text(Fields(checkpoint.json, checkpoint.where), "name");
  entry.where = checkpoint.where + " (" + entry.name + ")";
  CheckName(entry.name, checkpoint.where);
  const Fields fields(checkpoint.json, entry.where);
  fields.Find("name");
  ParseOrigin(fields, manifest, checkpoint, path, entry);
  entry.tokenizer = ResolveIn(path, Text(fields, "tokenizer", ""));
  entry.model_args = Text(fields, "model_args", "");
  entry.row = fields.Optional<std::string>("row");
  entry.loss = Amount(fields, "loss");
  entry.untrained = fields.Get<bool>("untrained", false);
  entry.tasks = TaskList(fields, "tasks", defaults.tasks);
  VFFN_CHECK(!entry.tasks.empty(), entry.where, ": tasks is missing, here and for all checkpoints");
  entry.limit = Amount(fields, "limit").value_or(defaults.limit);
  entry.dtype = Text(fields, "dtype", defaults.dtype);
  entry.trace = fields.Get<bool>("trace", defaults.trace);
  entry.trace_branches = fields.Get<bool>("trace_branches", false);
  entry.trace_features = fields.Get<std::vector<std::string>>("trace_features", {});
  entry.trace_layers = Indices(fields, "trace_layers");
  entry.control_of = Text(fields, "control_of", "");
  fields.RefuseUnknown();
  return entry;
}

void ParsePage(const Fields& fields, Manifest& manifest) {
  manifest.page_questions = Count(fields, "questions", manifest.page_questions);
  if (fields.Has("models")) {
    manifest.page_models = fields.Get<std::vector<std::string>>("models");
    VFFN_CHECK(manifest.page_models.size() == 1 || manifest.page_models.size() == 2, fields.Where("models"),
               " is ", fields.Require("models").dump(), ", should be one or two names of checkpoints");
    for (const std::string& model : manifest.page_models) {
      VFFN_CHECK(FindEntry(manifest, model) != nullptr, fields.Where("models"), " has \"", model,
                 "\", which is not the name of a checkpoint");
    }
  }
  fields.RefuseUnknown();
}

/// The text whose loss is measured, and its windows.
void ParseHeldOut(const Fields& fields, const std::filesystem::path& path, Manifest& manifest) {
  manifest.held_out = ResolveIn(path, Text(fields, "held_out", ""));
  manifest.held_out_text = ResolveIn(path, Text(fields, "held_out_text", ""));
  VFFN_CHECK(manifest.held_out.empty() || manifest.held_out_text.empty(), fields.Where("held_out_text"),
             ": there is held_out, too; give token files or text");
  manifest.held_out_limit = Count(fields, "held_out_limit", 0, 0);
  manifest.paper_text = IsPaperText(Text(fields, "loss_text", ""), fields.Where("loss_text"));
  if (const auto window = fields.OptionalObject("held_out_window")) {
    manifest.held_out_window = {.window = Count(*window, "window", 0),
                                .stride = Count(*window, "stride", 0),
                                .chunks = Count(*window, "chunks", 0),
                                .packed = Count(*window, "packed", 0),
                                .max_length = Count(*window, "max_length", 0)};
    window->RefuseUnknown();
  }
}

/// The fields that hold for all checkpoints unless an entry has its own.
ManifestEntry ParseDefaults(const Fields& fields) {
  ManifestEntry defaults;
  defaults.tasks = TaskList(fields, "tasks", "");
  defaults.limit = Amount(fields, "limit").value_or(0);
  defaults.dtype = Text(fields, "dtype", defaults.dtype);
  defaults.trace = fields.Get<bool>("trace", true);
  return defaults;
}

void ParseCheckpoints(const Fields& fields, const std::filesystem::path& path, Manifest& manifest) {
  const ManifestEntry defaults = ParseDefaults(fields);
  std::set<std::string> folders;
  std::string faults;  // of all checkpoints, a line each
  for (const SeededCheckpoint& checkpoint : ExpandSeeds(fields)) {
    try {
      manifest.checkpoints.push_back(ParseEntry(checkpoint, fields, path, defaults));
      const ManifestEntry& entry = manifest.checkpoints.back();
      VFFN_CHECK(folders.insert(entry.FolderName()).second, entry.where,
                 ": name: another checkpoint has that name");
    } catch (const Error& error) {
      faults.append(faults.empty() ? "" : "\n").append(error.what());
    }
  }
  VFFN_CHECK(faults.empty(), faults);
  for (const ManifestEntry& entry : manifest.checkpoints) {
    VFFN_CHECK(entry.control_of.empty() ||
                   (entry.control_of != entry.name && FindEntry(manifest, entry.control_of) != nullptr),
               entry.where, ": control_of names \"", entry.control_of,
               "\", which is no other checkpoint here");
  }
  CheckOrder(manifest);
}

}  // namespace

std::string ManifestEntry::ArgsWith(const std::string& control) const {
  return model_args.empty() || control.empty() ? model_args + control : model_args + "," + control;
}

RunNotes ManifestEntry::Notes() const {
  return {.name = name, .row = row, .loss = loss, .untrained = untrained};
}

std::string ManifestEntry::FolderName() const {
  std::string folder = FileNameOf(name);
  std::ranges::replace(folder, ' ', '-');
  return folder;
}

const ManifestEntry* FindEntry(const Manifest& manifest, const std::string& name) {
  const auto found = std::ranges::find(manifest.checkpoints, name, &ManifestEntry::name);
  return found == manifest.checkpoints.end() ? nullptr : &*found;
}

Manifest ParseManifest(const Json& json, const std::filesystem::path& path) {
  const Fields fields(json, path.string());
  Manifest manifest{.title = Text(fields, "title", path.stem().string()),
                    .file = path,
                    .data = ResolveIn(path, Text(fields, "data", ""))};
  ParseHeldOut(fields, path, manifest);
  manifest.training_log = ResolveIn(path, Text(fields, "training_log", ""));
  manifest.profile = Text(fields, "profile", manifest.profile);
  manifest.device = Text(fields, "device", manifest.device);
  manifest.workers = Count(fields, "workers", 0);
  fields.Find("training");
  fields.Find("continuation");
  ParseCheckpoints(fields, path, manifest);
  manifest.study = ParseStudy(fields, manifest.checkpoints);
  for (const ManifestEntry& entry :
       std::span(manifest.checkpoints).first(std::min<size_t>(2, manifest.checkpoints.size()))) {
    manifest.page_models.push_back(entry.name);
  }
  if (const auto page = fields.OptionalObject("page")) {
    ParsePage(*page, manifest);
  }
  fields.RefuseUnknown();
  return manifest;
}

}  // namespace vffn
