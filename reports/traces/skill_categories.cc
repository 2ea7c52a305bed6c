#include "reports/traces/skill_categories.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/error.h"
#include "base/fields.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "reports/tables/csv.h"
#include "runs/folders/run_folder.h"
#include "runs/scores/samples_file.h"

namespace vffn {
namespace {

using Names = std::set<std::string_view>;

// The categories of the subjects, from categories.py of the authors' repository (Hendrycks et al. 2021).
const Names kStem = {"abstract_algebra",
                     "anatomy",
                     "astronomy",
                     "college_biology",
                     "college_chemistry",
                     "college_computer_science",
                     "college_mathematics",
                     "college_physics",
                     "computer_security",
                     "conceptual_physics",
                     "electrical_engineering",
                     "elementary_mathematics",
                     "high_school_biology",
                     "high_school_chemistry",
                     "high_school_computer_science",
                     "high_school_mathematics",
                     "high_school_physics",
                     "high_school_statistics",
                     "machine_learning"};
const Names kHumanities = {"formal_logic",
                           "high_school_european_history",
                           "high_school_us_history",
                           "high_school_world_history",
                           "international_law",
                           "jurisprudence",
                           "logical_fallacies",
                           "moral_disputes",
                           "moral_scenarios",
                           "philosophy",
                           "prehistory",
                           "professional_law",
                           "world_religions"};
const Names kSocialSciences = {"econometrics",
                               "high_school_geography",
                               "high_school_government_and_politics",
                               "high_school_macroeconomics",
                               "high_school_microeconomics",
                               "high_school_psychology",
                               "human_sexuality",
                               "professional_psychology",
                               "public_relations",
                               "security_studies",
                               "sociology",
                               "us_foreign_policy"};
const Names kOther = {"business_ethics",
                      "clinical_knowledge",
                      "college_medicine",
                      "global_facts",
                      "human_aging",
                      "management",
                      "marketing",
                      "medical_genetics",
                      "miscellaneous",
                      "nutrition",
                      "professional_accounting",
                      "professional_medicine",
                      "virology"};

struct Prefix {
  std::string_view of_task;   ///< "minerva_math_"
  std::string_view category;  ///< before the rest of the name: "mathematics: "
};
constexpr std::array<Prefix, 3> kPrefixes = {
    {{"basic_skills_", ""}, {"minerva_math_", "mathematics: "}, {"mt_mbpp_", "code: "}}};

const std::map<std::string_view, std::string_view> kTaskCategories = {
    {"basic_arithmetic", "arithmetic"},
    {"gsm8k", "mathematics: word problems"},
    {"codex_humaneval", "code: python"},
    {"codex_mbpp", "code: python"},
    {"minerva_math_500", "mathematics: all subjects"},
    {"humaneval", "code: python"},
    {"mbpp", "code: python"}};

std::string WithBlanks(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', ' ');
  return text;
}

/// The name without "oe:" and without what says how it was asked: "/rc_5shot", ":mc", "_mc_5shot".
std::string_view BareName(std::string_view task) {
  if (task.starts_with("oe:")) {
    task.remove_prefix(3);
  }
  task = task.substr(0, task.find_first_of("/:"));
  for (const std::string_view form :
       {"_gold_bpb_", "_bpb_", "_rc_", "_mc_", "_test_", "_val_", "_0shot", "_3shot", "_5shot"}) {
    const size_t place = task.find(form);
    if (place != std::string_view::npos && place > 0 && task.ends_with("shot")) {
      task = task.substr(0, place);
    }
  }
  return task;
}

std::optional<std::string> MmluCategory(std::string_view name) {
  if (!name.starts_with("mmlu_")) {
    return std::nullopt;
  }
  name.remove_prefix(std::string_view("mmlu_").size());
  for (const auto& [subjects, category, title] :
       {std::tuple(&kStem, "stem", "MMLU: STEM"), std::tuple(&kHumanities, "humanities", "MMLU: humanities"),
        std::tuple(&kSocialSciences, "social_sciences", "MMLU: social sciences"),
        std::tuple(&kOther, "other", "MMLU: other")}) {
    const bool is_category =
        name.starts_with(category) && (name.size() == std::string_view(category).size() ||
                                       name[std::string_view(category).size()] == '_');  // "stem_test_rc_var"
    if (subjects->contains(name) || is_category) {
      return title;
    }
  }
  return std::nullopt;
}

/// Throws Error if it is there already.
template <class Key>
void AddCategory(std::map<Key, std::string>& map, const Key& key, std::string category,
                 const std::string& place) {
  VFFN_CHECK(!category.empty(), place, ": the category is empty");
  VFFN_CHECK(map.try_emplace(key, std::move(category)).second, place, ": is there twice");
}

size_t ColumnOf(const CsvTable& table, std::string_view name) {
  return static_cast<size_t>(std::ranges::find(table.header, name) - table.header.begin());
}

/// A text as it is; a number or truth value as JSON writes it.
std::string CategoryIn(const Doc& doc, const std::string& field) {
  const Json* value = &doc.fields();
  for (size_t begin = 0; begin <= field.size();) {
    const size_t end = std::min(field.find('.', begin), field.size());
    const std::string name = field.substr(begin, end - begin);
    if (!value->is_object() || !value->contains(name)) {
      doc.Refuse(field, "is missing; --category_field names a field of the records");
    }
    value = &(*value)[name];
    begin = end + 1;
  }
  if (!value->is_string() && !value->is_number() && !value->is_boolean()) {
    doc.Refuse(field, "is ", value->dump(), ", which names no category");
  }
  return value->is_string() ? value->get<std::string>() : value->dump();
}

}  // namespace

std::string CategoryOfTask(std::string_view task) {
  const std::string_view name = BareName(task);
  if (const auto known = kTaskCategories.find(name); known != kTaskCategories.end()) {
    return std::string(known->second);
  }
  for (const Prefix& prefix : kPrefixes) {
    if (name.starts_with(prefix.of_task) && name.size() > prefix.of_task.size()) {
      return std::string(prefix.category) + WithBlanks(name.substr(prefix.of_task.size()));
    }
  }
  return MmluCategory(name).value_or(std::string(name));
}

SkillCategories SkillCategories::FromFile(const std::filesystem::path& path) {
  SkillCategories categories;
  if (path.extension() == ".json") {
    const Json json = ReadJsonFile(path);
    const Fields fields(json, path.string());
    for (const std::string& task : fields.Names()) {
      AddCategory(categories.tasks_, task, fields.Get<std::string>(task), fields.Where(task));
    }
    return categories;
  }
  const CsvTable table = ParseCsv(ReadFileBytes(path), path.string());
  const size_t task = ColumnOf(table, "task"), category = ColumnOf(table, "category"),
               doc = ColumnOf(table, "doc_id");
  VFFN_CHECK(task < table.header.size() && category < table.header.size(), path.string(),
             ": needs the columns task and category, and may have doc_id");
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const std::vector<std::string>& row = table.rows[i];
    std::string place = path.string() + ", row " + std::to_string(i + 1) + ", " + row[task];
    if (doc == table.header.size() || row[doc].empty()) {
      AddCategory(categories.tasks_, row[task], row[category], place);
      continue;
    }
    int64_t doc_id = 0;
    const char* end = row[doc].data() + row[doc].size();
    const auto parsed = std::from_chars(row[doc].data(), end, doc_id);
    VFFN_CHECK(parsed.ec == std::errc() && parsed.ptr == end && doc_id >= 0, place, ": the doc_id is \"",
               row[doc], "\", should be a number from 0");
    place += ", doc " + row[doc];
    AddCategory(categories.docs_, std::pair(FileNameOf(row[task]), doc_id), row[category], place);
  }
  return categories;
}

SkillCategories SkillCategories::FromSamples(const std::vector<std::filesystem::path>& files,
                                             const std::string& field) {
  SkillCategories categories;
  for (const std::filesystem::path& path : files) {
    const SamplesFile file = ReadSamplesFile(path);
    for (const Sample& sample : file.samples) {
      AddCategory(categories.docs_, std::pair(file.task, sample.doc.doc_id()), CategoryIn(sample.doc, field),
                  sample.doc.origin());
    }
  }
  return categories;
}

std::string SkillCategories::Of(const std::string& task, int64_t doc_id) const {
  if (const auto doc = docs_.find({FileNameOf(task), doc_id}); doc != docs_.end()) {
    return doc->second;
  }
  const auto known = tasks_.find(task);
  return known != tasks_.end() ? known->second : CategoryOfTask(task);
}

}  // namespace vffn
