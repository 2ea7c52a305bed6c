// How far a long job is, on stderr: a bar on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace vffn {

/// Thread safe. On a terminal the line is cut to the width that the terminal has at each drawing.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  struct Output {
    std::function<void(std::string_view)> write;
    bool terminal = false;                   ///< redraws one line with '\r', at most ten times a second
    std::function<size_t()> width;           ///< columns of the terminal now; none, or 0: not known
    std::chrono::seconds line_interval{10};  ///< otherwise: between lines
    std::function<Clock::time_point()> now = Clock::now;
  };

  /// To stderr.
  Progress();
  explicit Progress(Output output);

  /// Begins a job of `total` units (docs, say), `done` of them done before: they count as progress, not
  /// towards the rate.
  void Start(std::string label, std::string unit, int64_t total, int64_t done = 0);
  void Advance(int64_t count = 1);
  /// "(2 of 12)" before the label from now on, in the next jobs too: the second of 12 checkpoints, say. Of
  /// one item nothing is shown.
  void Item(int64_t number, int64_t count);
  /// Another label for the running job, such as the present task.
  void Label(std::string label);
  /// Text at the end of the line from now on, such as "loss 3.21"; it ends with the job.
  void Note(std::string text);
  /// Draws the last state and ends the line. Does nothing if no job was started.
  void Finish();

 private:
  std::string Bar(double share, size_t columns) const;
  std::string Line(Clock::time_point now, size_t columns) const;
  void Draw(Clock::time_point now);

  Output output_;
  std::mutex mutex_;
  bool running_ = false;
  std::string label_, unit_, note_;
  int64_t total_ = 0, before_ = 0, done_ = 0;
  int64_t item_ = 0, items_ = 0;
  size_t drawn_width_ = 0;  // of the line on the terminal
  Clock::time_point start_, drawn_;
};

/// "0:07", "12:30", "3:05:00".
std::string FormatDuration(double seconds);

}  // namespace vffn
