#include "eval/ordered_scorer.h"

#include <map>
#include <utility>

namespace vffn {
namespace {

class HeldScores {
 public:
  explicit HeldScores(const Scorer::Done& done) : done_(done) {}

  void Add(size_t index, std::vector<RequestScores> scores) {
    held_.emplace(index, std::move(scores));
    while (!held_.empty() && held_.begin()->first == next_) {
      GiveFirst();
      ++next_;
    }
  }

  void GiveAll() {
    while (!held_.empty()) {
      GiveFirst();
    }
  }

  bool refused() const { return refused_; }

 private:
  void GiveFirst() {
    const auto first = held_.extract(held_.begin());
    refused_ = true;
    done_(first.key(), std::move(first.mapped()));
    refused_ = false;
  }

  const Scorer::Done& done_;
  std::map<size_t, std::vector<RequestScores>> held_;
  size_t next_ = 0;
  bool refused_ = false;  // `done` threw
};

}  // namespace

void OrderedScorer::Score(std::span<const RequestDoc> docs, const Done& done, std::stop_token stop) {
  HeldScores held(done);
  try {
    scorer_.Score(
        docs, [&](size_t index, std::vector<RequestScores> scores) { held.Add(index, std::move(scores)); },
        std::move(stop));
  } catch (...) {
    if (!held.refused()) {
      held.GiveAll();
    }
    throw;
  }
  held.GiveAll();
}

}  // namespace vffn
