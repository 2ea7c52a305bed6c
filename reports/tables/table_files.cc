#include "reports/tables/table_files.h"

#include <iostream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/json.h"
#include "base/valid_utf8.h"

namespace vffn {

void WriteTableFiles(const std::filesystem::path& folder, const std::string& name,
                     const std::function<std::string(TableFormat)>& text, const OrderedJson& json) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  VFFN_CHECK(!error, folder.string(), ": cannot be made: ", error.message());
  const auto write = [&](const char* extension, const std::string& content) {
    const std::filesystem::path path = folder / (name + extension);
    WriteFileAtomically(path, ValidUtf8(content));
    std::cout << "wrote " << path.string() << '\n';
  };
  write(".txt", text(TableFormat::kConsole));
  write(".md", text(TableFormat::kMarkdown));
  write(".tex", text(TableFormat::kLatex));
  write(".csv", text(TableFormat::kCsv));
  write(".json", DumpJson(json, 2) + "\n");
}

}  // namespace vffn
