#include "base/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

namespace vffn {
namespace {

constexpr size_t kBarWidth = 20, kNarrowestBar = 5;
constexpr std::chrono::milliseconds kRedrawInterval{100};

size_t TerminalWidth() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

Progress::Output ToStderr() {
  return {.write = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); },
          .terminal = isatty(STDERR_FILENO) == 1,
          .width = TerminalWidth};
}

bool BeginsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

size_t Columns(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, BeginsCharacter));
}

/// The first characters of a line of UTF-8, so that it has at most `columns`.
std::string Cut(const std::string& line, size_t columns) {
  size_t end = 0;
  for (size_t characters = 0; end < line.size(); ++end) {
    if (BeginsCharacter(line[end]) && ++characters > columns) {
      break;
    }
  }
  return line.substr(0, end);
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

void Progress::Item(int64_t number, int64_t count) {
  const std::scoped_lock lock(mutex_);
  item_ = number;
  items_ = count;
}

void Progress::Label(std::string label) {
  const std::scoped_lock lock(mutex_);
  label_ = std::move(label);
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

/// "[####....] " of at most `columns`; nothing if they are too few.
std::string Progress::Bar(double share, size_t columns) const {
  constexpr size_t kAround = 3;
  if (!output_.terminal || columns < kNarrowestBar + kAround) {
    return "";
  }
  const size_t width = std::min(kBarWidth, columns - kAround);
  const auto filled = static_cast<size_t>(share * static_cast<double>(width));
  std::string bar = "[";
  bar.append(filled, '#').append(width - filled, '.').append("] ");
  return bar;
}

std::string Progress::Line(Clock::time_point now, size_t columns) const {
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double rate = elapsed > 0 ? static_cast<double>(done_ - before_) / elapsed : 0;
  const double share =
      total_ > 0 ? std::clamp(static_cast<double>(done_) / static_cast<double>(total_), 0.0, 1.0) : 1;
  std::string begin;
  if (items_ > 1) {
    begin.append("(")
        .append(std::to_string(item_))
        .append(" of ")
        .append(std::to_string(items_))
        .append(") ");
  }
  begin.append(label_).append(" ");
  char text[120];
  std::snprintf(text, sizeof text, "%3.0f%%  %lld/%lld %s", std::floor(100 * share),
                static_cast<long long>(done_), static_cast<long long>(total_), unit_.c_str());
  std::string end = text;
  if (rate > 0) {
    std::snprintf(text, sizeof text, "  %.1f %s/s", rate, unit_.c_str());
    end += text;
    if (done_ < total_) {
      end.append("  ").append(FormatDuration(static_cast<double>(total_ - done_) / rate)).append(" left");
    } else {
      end.append("  in ").append(FormatDuration(elapsed));
    }
  }
  if (!note_.empty()) {
    end.append("  ").append(note_);
  }
  const size_t others = Columns(begin) + Columns(end);
  return Cut(begin + Bar(share, columns - std::min(columns, others)) + end, columns);
}

void Progress::Draw(Clock::time_point now) {
  const size_t terminal = output_.terminal && output_.width ? output_.width() : 0;
  // A terminal may begin a new line after its last column.
  const size_t columns = terminal > 0 ? terminal - 1 : std::numeric_limits<size_t>::max();
  std::string line = Line(now, columns);
  if (output_.terminal) {
    const size_t width = Columns(line);
    const size_t wiped = std::clamp(drawn_width_, width, columns);  // what a longer line left
    line.append(wiped - width, ' ');
    drawn_width_ = width;
    output_.write("\r" + line);
  } else {
    output_.write(line + "\n");
  }
  drawn_ = now;
}

}  // namespace vffn
