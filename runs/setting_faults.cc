#include "runs/setting_faults.h"

#include <algorithm>
#include <utility>

#include "base/interrupted.h"

namespace vffn {
namespace {

std::string ListOf(const std::vector<SettingFault>& faults) {
  if (faults.size() == 1) {
    return faults.front().message;
  }
  std::string list = std::to_string(faults.size()) + " things are wrong:";
  for (const SettingFault& fault : faults) {
    list += "\n  " + fault.message;
  }
  return list;
}

/// The option that a message begins with, without its dashes; empty if it begins otherwise.
std::string_view OptionAtBegin(std::string_view message) {
  if (!message.starts_with("--")) {
    return {};
  }
  message.remove_prefix(2);
  return message.substr(0, message.find_first_of(" :,"));
}

}  // namespace

SettingErrors::SettingErrors(std::vector<SettingFault> faults)
    : Error(ListOf(faults)), faults_(std::move(faults)) {}

bool SettingFaults::Try(std::string_view setting, const std::function<void()>& check) {
  try {
    check();
    return true;
  } catch (const Interrupted&) {
    throw;
  } catch (const SettingErrors& errors) {
    for (const SettingFault& fault : errors.faults()) {
      Add(fault);
    }
  } catch (const Error& error) {
    const std::string_view option = OptionAtBegin(error.what());
    Add({std::string(option.empty() ? setting : option), error.what()});
  }
  return false;
}

void SettingFaults::Add(SettingFault fault) {
  const bool known =
      std::ranges::any_of(faults_, [&](const SettingFault& other) { return other.message == fault.message; });
  if (!known) {
    faults_.push_back(std::move(fault));
  }
}

void SettingFaults::Throw() const {
  if (!faults_.empty()) {
    throw SettingErrors(faults_);
  }
}

}  // namespace vffn
