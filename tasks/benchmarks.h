// One function for each benchmark, in the file of its name. The table of all tasks is in task.cc.
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

}  // namespace vffn
