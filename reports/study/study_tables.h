// The tables of a study, each for the methods of one plan (runs/manifests/manifest.h).
#pragma once

#include <vector>

#include "reports/study/study.h"
#include "reports/tables/table.h"

namespace vffn {

/// Parameters, FLOPs, held-out loss, and the difference to the baseline with its errors over documents and
/// over seeds.
Table StudyLossTable(const Study& study, const StudyTablePlan& plan);

/// The same for each run alone.
Table StudyRunTable(const Study& study, const StudyTablePlan& plan);

/// Loss at equal tokens, at equal training time and at equal training FLOPs.
Table StudyCostTable(const Study& study, const StudyTablePlan& plan);

/// Accuracy on the tasks; scores whose interval includes chance are marked.
Table StudyAccuracyTable(const Study& study, const StudyTablePlan& plan);

/// Bits per byte of the right answers, and the difference of the average to the baseline.
Table StudyAnswerTable(const Study& study, const StudyTablePlan& plan);

/// Loop counts, lambda and experts of every layer, in training and as scored.
Table StudyLayerTable(const Study& study, const StudyTablePlan& plan);

/// What the loss gains or loses under each control.
Table StudyControlTable(const Study& study, const StudyTablePlan& plan);

/// All of them that have rows, table by table of the study. Methods without runs are left out.
std::vector<Table> StudyTables(const Study& study);

}  // namespace vffn
