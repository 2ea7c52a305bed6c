#include "runs/manifests/manifest_check.h"

#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "runs/folders/output_check.h"
#include "runs/manifests/entry_options.h"

namespace vffn {
namespace {

/// An option of `vffn eval` and `vffn loss` as manifests call it.
struct FieldName {
  std::string_view option, field;
  bool of_manifest = false;  ///< one field for all checkpoints
};

constexpr FieldName kFields[] = {
    {"data", "data", true},
    {"profile", "profile", true},
    {"device", "device", true},
    {"workers", "workers", true},
    {"text", "held_out_text", true},
    {"tokens", "held_out", true},
    {"window", "held_out_window.window", true},
    {"stride", "held_out_window.stride", true},
    {"chunks", "held_out_window.chunks", true},
    {"packed", "held_out_window.packed", true},
    {"max_length", "held_out_window.max_length", true},
    {"training_log", "training_log", true},
    {"tokenizer", "tokenizer"},
    {"model_args", "model_args"},
    {"tasks", "tasks"},
    {"limit", "limit"},
    {"dtype", "dtype"},
    {"trace", "trace"},
    {"trace_branches", "trace_branches"},
    {"trace_features", "trace_features"},
    {"trace_layers", "trace_layers"},
};

/// Options that manifests do not have.
constexpr std::string_view kOtherOptions[] = {
    "text_field",   "id_field",      "text_lines",      "skip_bad",         "token_type",
    "eos_token_id", "add_bos_token", "prefix_token_id", "loss_denominator", "rolling"};

class FieldNames {
 public:
  explicit FieldNames(const ManifestOptions& options) : options_(options) {}

  /// The field of an option; the option itself if it was given on the command line.
  std::string Of(std::string_view option) const {
    const bool given = (option == "data" && !options_.data.empty()) ||
                       (option == "limit" && options_.limit) || option == "output" || option == "overwrite" ||
                       option == "resume";
    const FieldName* field = Find(option);
    return given ? "--" + std::string(option) : std::string(field == nullptr ? option : field->field);
  }

  bool IsOfManifest(std::string_view option) const {
    const FieldName* field = Find(option);
    return field != nullptr && field->of_manifest;
  }

  /// "tokenizer: there is no file x": the message with the names of fields, after that of the fault. `where`
  /// comes before it, and is left out of the message.
  std::string Text(const std::string& where, const SettingFault& fault) const {
    std::string_view rest = fault.message;
    if (rest.starts_with(where + ": ")) {
      rest.remove_prefix(where.size() + 2);
    }
    if (const std::string option = "--" + fault.setting; rest.starts_with(option)) {
      rest.remove_prefix(option.size());
      rest.remove_prefix(std::min(rest.find_first_not_of(": "), rest.size()));
    }
    std::string text = Of(fault.setting) + ": ";
    while (!rest.empty()) {
      const size_t dashes = rest.find("--");
      text += rest.substr(0, dashes);
      rest.remove_prefix(std::min(dashes, rest.size()));
      if (!rest.empty()) {
        rest.remove_prefix(2);
        const size_t end = std::min(rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), rest.size());
        text += Named(rest.substr(0, end));
        rest.remove_prefix(end);
      }
    }
    return text;
  }

 private:
  static const FieldName* Find(std::string_view option) {
    const auto* found = std::ranges::find(kFields, option, &FieldName::option);
    return found == std::end(kFields) ? nullptr : found;
  }

  std::string Named(std::string_view option) const {
    if (Find(option) != nullptr) {
      return Of(option);
    }
    const bool other = std::ranges::find(kOtherOptions, option) != std::end(kOtherOptions);
    return "--" + std::string(option) + (other ? " (of vffn eval or vffn loss, no field of a manifest)" : "");
  }

  const ManifestOptions& options_;
};

class ManifestCheck {
 public:
  ManifestCheck(const Manifest& manifest, const ManifestOptions& options, const ManifestChecks& further)
      : manifest_(manifest), options_(options), further_(further), names_(options) {}

  std::vector<EntryForecast> Run() {
    SettingFaults faults;
    further_.manifest(faults);
    Note(manifest_.file.string(), faults);
    for (const ManifestEntry& entry : manifest_.checkpoints) {
      SettingFaults of_entry;
      further_.entry(entry, of_entry);
      forecasts_.push_back(Forecast(entry, of_entry));
      Note(entry.where, of_entry);
    }
    VFFN_CHECK(lines_.empty(),
               lines_.size() == 1 ? "" : std::to_string(lines_.size()) + " things are wrong:\n", Joined());
    return std::move(forecasts_);
  }

 private:
  EntryForecast Forecast(const ManifestEntry& entry, SettingFaults& faults) const {
    EntryForecast forecast{.entry = &entry};
    if (entry.model.empty() && !std::filesystem::exists(ModelOf(manifest_, options_, entry))) {
      forecast.trained_first = true;
      CheckWithoutModel(EvaluationOptionsOf(manifest_, options_, entry), faults);
      return forecast;
    }
    faults.Try("model", [&] { forecast.run = ForecastOf(PrepareEntry(manifest_, options_, entry)); });
    const bool of_run = faults.empty();
    for (const LossOptions& losses : LossOptionsOf(manifest_, options_, entry)) {
      const bool control = losses.compute.model_args != entry.model_args;
      SettingFaults of_losses;
      of_losses.Try("model",
                    [&] { forecast.losses.emplace_back(losses.compute.model_args, ForecastLosses(losses)); });
      for (SettingFault fault : of_losses.faults()) {
        // The options of a control stand in a field of their own.
        if (control && fault.setting == "model_args") {
          fault.setting = "controls";
        }
        if (of_run || fault.setting != "model") {
          faults.Add(std::move(fault));
        }
      }
    }
    return forecast;
  }

  void Note(const std::string& where, const SettingFaults& faults) {
    for (const SettingFault& fault : faults.faults()) {
      const bool of_manifest = names_.IsOfManifest(fault.setting);
      std::string line = (of_manifest ? manifest_.file.string() : where) + ": " + names_.Text(where, fault);
      if (std::ranges::find(lines_, line) == lines_.end()) {
        lines_.push_back(std::move(line));
      }
    }
  }

  std::string Joined() const {
    std::string text;
    for (const std::string& line : lines_) {
      text += (text.empty() ? "" : "\n") + line;
    }
    return text;
  }

  const Manifest& manifest_;
  const ManifestOptions& options_;
  const ManifestChecks& further_;
  FieldNames names_;
  std::vector<std::string> lines_;
  std::vector<EntryForecast> forecasts_;
};

}  // namespace

std::vector<EntryForecast> CheckManifest(const Manifest& manifest, const ManifestOptions& options,
                                         const ManifestChecks& further) {
  return ManifestCheck(manifest, options, further).Run();
}

}  // namespace vffn
