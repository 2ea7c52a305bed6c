// One function for each benchmark, in the file of its name. The tables of all tasks are in task.cc.
#pragma once

#include "tasks/task.h"

namespace vffn {

Task Piqa();
Task HellaSwag();
Task OpenBookQa();
Task SciQ();
Task ArcEasy();
Task ArcChallenge();
Task CommonsenseQa();
Task WinoGrande();

Task BoolQ();
Task SocialIqa();
Task Copa();
Task Rte();
Task CommitmentBank();
Task Mrpc();
Task Sst2();
Task BasicArithmetic();
Task ArcEasyPpl();
Task TriviaQaPpl();
Task NaturalQuestionsPpl();

/// Four parts of MMLU, each with the prompts, splits and metrics of OLMo's labels.
std::vector<Task> MmluTasks();

}  // namespace vffn
