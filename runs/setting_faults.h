// What is wrong with the settings of a run: everything, not only the first fault.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace vffn {

struct SettingFault {
  std::string setting;  ///< the name of the option without dashes, "tokenizer"
  std::string message;  ///< as a user of the command line reads it; it may name options, "--tokenizer"
};

/// Thrown for one or more faults. The message is that of the only fault, or a list of all.
class SettingErrors : public Error {
 public:
  explicit SettingErrors(std::vector<SettingFault> faults);

  const std::vector<SettingFault>& faults() const { return faults_; }

 private:
  std::vector<SettingFault> faults_;
};

class SettingFaults {
 public:
  /// Calls `check` and notes the Error that it throws, once if several checks throw the same. The fault is in
  /// `setting`, unless the message begins with another option ("--trace_layers 9: ...") or SettingErrors
  /// name theirs. Returns whether there was no fault. Passes on Interrupted.
  bool Try(std::string_view setting, const std::function<void()>& check);

  void Add(SettingFault fault);
  bool empty() const { return faults_.empty(); }
  const std::vector<SettingFault>& faults() const { return faults_; }

  /// Throws SettingErrors if there are faults.
  void Throw() const;

 private:
  std::vector<SettingFault> faults_;
};

}  // namespace vffn
