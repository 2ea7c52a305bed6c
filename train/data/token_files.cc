#include "train/data/token_files.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>

#include "base/error.h"
#include "base/parallel.h"
#include "tokens/border_table.h"
#include "tokens/corpus_manifest.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeldOutFolder = "held_out";

/// What tokens.json says about the files of a folder.
struct FolderManifest {
  fs::path path;
  TokenType type = TokenType::kUint16;
  std::map<std::string, int64_t> tokens;  ///< by name of the file
};

std::optional<FolderManifest> ReadFolderManifest(const fs::path& folder) {
  const bool held_out = folder.filename() == kHeldOutFolder && !fs::exists(folder / "tokens.json");
  const fs::path place = held_out ? folder.parent_path() : folder;
  const std::optional<CorpusFiles> files = ReadCorpusFiles(place);
  if (!files) {
    return std::nullopt;
  }
  FolderManifest manifest{place / "tokens.json", files->type, {}};
  for (const TokenFileInfo& file : (held_out ? files->held_out : files->train).files) {
    manifest.tokens[file.name] = file.tokens;
  }
  return manifest;
}

std::vector<fs::path> FilesOfFolder(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".npy") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  const std::optional<FolderManifest> manifest = ReadFolderManifest(folder);
  for (const auto& [name, tokens] : manifest ? manifest->tokens : std::map<std::string, int64_t>()) {
    VFFN_CHECK(std::ranges::find(files, folder / name) != files.end(), (folder / name).string(),
               ": is missing; ", manifest->path.string(), " lists it");
  }
  VFFN_CHECK(manifest || !fs::exists(folder / "unfinished"), folder.string(),
             ": its token files are not finished; run `vffn tokens` with --resume");
  VFFN_CHECK(!files.empty(), folder.string(), ": has no token file (*.npy); `vffn tokens` writes them");
  return files;
}

/// Throws unless the table of borders beside the file, if there is one, ends where the file does: truncated
/// files have no other sign, and neither has a file of uint32 that is read as uint16.
void CheckBorders(const TokenFile& file) {
  const fs::path table = BorderTableOf(file.path());
  if (!fs::exists(table)) {
    return;
  }
  BorderTableReader reader(table);
  int64_t end = 0;
  for (DocumentBorders row; reader.Next(row);) {
    end = row.end;
  }
  VFFN_CHECK(end == file.size(), file.path().string(), ": has ", file.size(), " tokens of ",
             NameOf(file.type()), ", but its last document ends at token ", end, " (", table.string(),
             "): truncated, or of another type (data.dtype)");
}

TokenFile OpenTokenFile(const fs::path& path, const std::string& dtype) {
  const std::optional<FolderManifest> manifest = ReadFolderManifest(path.parent_path());
  const TokenType type = !dtype.empty() ? ParseTokenType(dtype)
                         : manifest     ? manifest->type
                                        : TokenType::kUint16;
  VFFN_CHECK(!manifest || manifest->type == type, path.string(), ": its tokens are ", NameOf(manifest->type),
             ", as ", manifest->path.string(), " says, but ", NameOf(type), " was asked for");
  TokenFile file(path, type);
  if (manifest) {
    const auto listed = manifest->tokens.find(path.filename().string());
    VFFN_CHECK(listed != manifest->tokens.end(), path.string(), ": ", manifest->path.string(),
               " does not list this file");
    VFFN_CHECK(listed->second == file.size(), path.string(), ": has ", file.size(), " tokens, but ",
               manifest->path.string(), " says ", listed->second, ": truncated, or another file");
  } else {
    CheckBorders(file);
  }
  return file;
}

}  // namespace

std::vector<TokenFile> OpenTokenFiles(const std::vector<std::string>& paths, const std::string& dtype) {
  std::vector<fs::path> found;
  for (const std::string& path : paths) {
    const fs::path absolute =
        fs::absolute(path.ends_with('/') ? path.substr(0, path.size() - 1) : path).lexically_normal();
    VFFN_CHECK(fs::exists(absolute), path, ": no such file or folder of token files");
    for (const fs::path& file :
         fs::is_directory(absolute) ? FilesOfFolder(absolute) : std::vector<fs::path>{absolute}) {
      VFFN_CHECK(std::ranges::find(found, file) == found.end(), file.string(), ": is there twice");
      found.push_back(file);
    }
  }
  std::vector<std::optional<TokenFile>> opened(found.size());
  const auto workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  ParallelFor(static_cast<int64_t>(found.size()), workers, [&](int64_t i) {
    opened[static_cast<size_t>(i)] = OpenTokenFile(found[static_cast<size_t>(i)], dtype);
  });
  std::vector<TokenFile> files;
  for (std::optional<TokenFile>& file : opened) {
    files.push_back(*std::move(file));
  }
  return files;
}

}  // namespace vffn
