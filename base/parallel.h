// Running independent pieces of work on several threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace vffn {

/// Runs body(worker) on `workers` threads at once and waits for all. The first exception thrown is thrown
/// again here; `body` of the other workers is expected to look at `failed` and return early.
template <class Body>
void RunWorkers(int workers, std::atomic<bool>& failed, Body&& body) {
  std::exception_ptr first_error;
  std::mutex error_mutex;
  const auto guarded = [&](int worker) {
    try {
      body(worker);
    } catch (...) {
      const std::lock_guard lock(error_mutex);
      if (!first_error) {
        first_error = std::current_exception();
      }
      failed = true;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int worker = 1; worker < workers; ++worker) {
      threads.emplace_back(guarded, worker);
    }
    guarded(0);
  }
  if (first_error) {
    std::rethrow_exception(first_error);
  }
}

/// Calls body(i) for i in 0..count-1 from `workers` threads, in no particular order.
template <class Body>
void ParallelFor(int64_t count, int workers, Body&& body) {
  std::atomic<int64_t> next = 0;
  std::atomic<bool> failed = false;
  RunWorkers(workers, failed, [&](int) {
    for (int64_t i = next++; i < count && !failed; i = next++) {
      body(i);
    }
  });
}

}  // namespace vffn
