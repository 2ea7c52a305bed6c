// From a task to the docs that the evaluator scores.
#pragma once

#include <filesystem>

#include "eval/evaluation_plan.h"
#include "eval/profiles.h"
#include "eval/request_encoder.h"
#include "runs/tasks/task_catalogue.h"
#include "runs/tasks/task_reader.h"

namespace vffn {

/// Reads, renders and tokenises one task.
TaskRun LoadTask(const CatalogueTask& task, const std::filesystem::path& data_dir, const Profile& profile,
                 DocLimit limit, const Tokenizer& tokenizer, const EncodingOptions& encoding);

}  // namespace vffn
