#include "text/models/word_model.h"

#include <atomic>
#include <span>

#include "text/word_cache.h"

namespace vffn {
namespace {

uint64_t NextSerial() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

}  // namespace

WordModel::WordModel() : serial_(NextSerial()) {}

void WordModel::Encode(std::string_view word, std::vector<TokenId>& ids) const {
  if (word.empty() || word.size() > WordCache::kMaxBytes) {
    EncodeAfresh(word, ids);
    return;
  }
  thread_local WordCache cache;
  const WordCache::Key key(word);
  if (!cache.Find(serial_, key, ids)) {
    const size_t before = ids.size();
    EncodeAfresh(word, ids);
    cache.Put(key, std::span(ids).subspan(before));
  }
}

}  // namespace vffn
