// Calibrations in results files.
#pragma once

#include "analysis/calibration.h"
#include "base/fields.h"
#include "base/json_fwd.h"

namespace vffn {

OrderedJson ToJson(const Calibration& calibration);

/// The inverse. Throws Error, naming the field, on anything missing or of the wrong type.
Calibration ParseCalibration(const Fields& fields);

}  // namespace vffn
