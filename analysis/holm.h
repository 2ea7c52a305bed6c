// Adjustment of p-values for multiple tests.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace vffn {

/// Holm's step-down adjustment (Scand. J. Statist. 1979): the chance of one false claim in the whole family
/// stays below alpha if those with adjusted p < alpha are claimed. A test that could not be made (absent)
/// stays absent, and counts as a member of the family.
std::vector<std::optional<double>> AdjustByHolm(std::span<const std::optional<double>> p_values);

/// Sets `adjusted_p` of a family's members from their `p`.
template <class Member>
void AdjustFamily(const std::vector<Member*>& family) {
  std::vector<std::optional<double>> p_values;
  for (const Member* member : family) {
    p_values.push_back(member->p);
  }
  const std::vector<std::optional<double>> adjusted = AdjustByHolm(p_values);
  for (size_t i = 0; i < family.size(); ++i) {
    family[i]->adjusted_p = adjusted[i];
  }
}

/// The `tasks` of all comparisons are one family, their `average`s another.
template <class Comparison>
void AdjustFamilies(std::span<Comparison> comparisons) {
  std::vector<typename decltype(Comparison::tasks)::value_type*> tasks;
  std::vector<typename decltype(Comparison::average)::value_type*> averages;
  for (Comparison& comparison : comparisons) {
    for (auto& task : comparison.tasks) {
      tasks.push_back(&task);
    }
    if (comparison.average) {
      averages.push_back(&*comparison.average);
    }
  }
  AdjustFamily(tasks);
  AdjustFamily(averages);
}

}  // namespace vffn
