// Encodes texts on one thread: tokenizer_bench TOKENIZER.json TEXTS.jsonl [IDS.bin]
// TEXTS has one JSON string a line. Prints one JSON object; times are CPU seconds, of encoding the best of
// three. IDS gets, per text, the number of ids and the ids as native 32-bit integers. bench/tokenizer.py
// compares with Hugging Face.
#include "text/tokenizer.h"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iostream>
#include <limits>

#include "base/error.h"
#include "base/json.h"

namespace {

double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void Run(int count, char** arguments) {
  VFFN_CHECK(count == 3 || count == 4, "usage: tokenizer_bench TOKENIZER.json TEXTS.jsonl [IDS.bin]");
  double start = CpuSeconds();
  const auto tokenizer = vffn::LoadTokenizerJson(arguments[1]);
  const double load = CpuSeconds() - start;

  std::vector<std::string> texts;
  std::ifstream lines(arguments[2]);
  VFFN_CHECK(lines.is_open(), arguments[2], ": cannot be opened for reading");
  for (std::string line; std::getline(lines, line);) {
    texts.push_back(vffn::ParseJson(line, arguments[2]).get<std::string>());
  }

  double best = std::numeric_limits<double>::infinity();
  std::vector<std::vector<vffn::TokenId>> ids(texts.size());
  for (int repeat = 0; repeat < 3; ++repeat) {
    start = CpuSeconds();
    for (size_t i = 0; i < texts.size(); ++i) {
      ids[i] = tokenizer->Encode(texts[i]);
    }
    best = std::min(best, CpuSeconds() - start);
  }

  size_t tokens = 0;
  for (const auto& row : ids) {
    tokens += row.size();
  }
  vffn::OrderedJson report;
  report["pipeline"] = tokenizer->info().pipeline;
  report["load_seconds"] = load;
  report["encode_seconds"] = best;
  report["texts"] = texts.size();
  report["tokens"] = tokens;
  std::cout << report.dump() << "\n";

  if (count == 4) {
    std::ofstream out(arguments[3], std::ios::binary);
    for (const auto& row : ids) {
      const auto size = static_cast<uint32_t>(row.size());
      out.write(reinterpret_cast<const char*>(&size), sizeof(size));
      out.write(reinterpret_cast<const char*>(row.data()),
                static_cast<std::streamsize>(row.size() * sizeof(row[0])));
    }
    out.flush();
    VFFN_CHECK(out.good(), arguments[3], ": write error");
  }
}

}  // namespace

int main(int count, char** arguments) {
  try {
    Run(count, arguments);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
