#include "base/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace vffn {
namespace {

constexpr int kBarWidth = 20;
constexpr std::chrono::milliseconds kRedrawInterval{100};

Progress::Output ToStderr() {
  return {.write = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); },
          .terminal = isatty(STDERR_FILENO) == 1};
}

}  // namespace

std::string FormatDuration(double seconds) {
  const int64_t whole = std::llround(seconds);
  char text[40];
  if (whole < 3600) {
    std::snprintf(text, sizeof text, "%d:%02d", static_cast<int>(whole / 60), static_cast<int>(whole % 60));
  } else {
    std::snprintf(text, sizeof text, "%lld:%02d:%02d", static_cast<long long>(whole / 3600),
                  static_cast<int>(whole / 60 % 60), static_cast<int>(whole % 60));
  }
  return text;
}

Progress::Progress() : Progress(ToStderr()) {}

Progress::Progress(Output output) : output_(std::move(output)) {}

void Progress::Start(std::string label, std::string unit, int64_t total, int64_t done) {
  const std::scoped_lock lock(mutex_);
  label_ = std::move(label);
  unit_ = std::move(unit);
  note_.clear();
  total_ = total;
  before_ = done_ = done;
  drawn_width_ = 0;
  running_ = true;
  start_ = output_.now();
  Draw(start_);
}

void Progress::Advance(int64_t count) {
  const std::scoped_lock lock(mutex_);
  done_ += count;
  const Clock::time_point now = output_.now();
  const Clock::duration interval =
      output_.terminal ? Clock::duration(kRedrawInterval) : output_.line_interval;
  if (running_ && now - drawn_ >= interval) {
    Draw(now);
  }
}

void Progress::Note(std::string text) {
  const std::scoped_lock lock(mutex_);
  note_ = std::move(text);
}

void Progress::Finish() {
  const std::scoped_lock lock(mutex_);
  if (!std::exchange(running_, false)) {
    return;
  }
  Draw(output_.now());
  if (output_.terminal) {
    output_.write("\n");
  }
}

std::string Progress::Line(Clock::time_point now) const {
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double rate = elapsed > 0 ? static_cast<double>(done_ - before_) / elapsed : 0;
  const double share = total_ > 0 ? static_cast<double>(done_) / static_cast<double>(total_) : 1;
  std::string line = label_ + " ";
  if (output_.terminal) {
    const int filled = static_cast<int>(share * kBarWidth);
    line.append("[").append(filled, '#').append(kBarWidth - filled, '.').append("] ");
  }
  char text[120];
  std::snprintf(text, sizeof text, "%3.0f%%  %lld/%lld %s", std::floor(100 * share),
                static_cast<long long>(done_), static_cast<long long>(total_), unit_.c_str());
  line += text;
  if (rate > 0) {
    std::snprintf(text, sizeof text, "  %.1f %s/s", rate, unit_.c_str());
    line += text;
    if (done_ < total_) {
      line.append("  ").append(FormatDuration(static_cast<double>(total_ - done_) / rate)).append(" left");
    } else {
      line.append("  in ").append(FormatDuration(elapsed));
    }
  }
  if (!note_.empty()) {
    line.append("  ").append(note_);
  }
  return line;
}

void Progress::Draw(Clock::time_point now) {
  std::string line = Line(now);
  if (output_.terminal) {
    const size_t width = line.size();
    line.resize(std::max(width, drawn_width_), ' ');  // wipes what a longer line left
    drawn_width_ = width;
    output_.write("\r" + line);
  } else {
    output_.write(line + "\n");
  }
  drawn_ = now;
}

}  // namespace vffn
