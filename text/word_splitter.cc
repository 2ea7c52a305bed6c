#include "text/word_splitter.h"

#include <algorithm>

namespace vffn {

void WordList::Start(std::string_view text, const char* head_end) {
  words_.assign(1, text);
  head_end_ = head_end;
}

void WordSplitter::Apply(WordList& list) const {
  list.next_.clear();
  for (const std::string_view word : list.words_) {
    Split(word, list.next_);
  }
  list.words_.swap(list.next_);
}

void WordRewriter::Apply(WordList& list) const {
  std::string& text = list.buffers_[list.next_buffer_];
  text.clear();
  list.ends_.clear();
  size_t head = 0;
  for (const std::string_view word : list.words_) {
    const bool is_first = list.IsFirst(word);
    if (is_first) {  // as long as what becomes of the first character
      const size_t begin = text.size();
      const auto of_first = std::min(word.size(), static_cast<size_t>(list.head_end_ - word.data()));
      Rewrite(word.substr(0, of_first), true, text);
      head = text.size();
      text.resize(begin);
    }
    Rewrite(word, is_first, text);
    list.ends_.push_back(text.size());
  }
  list.words_.clear();
  size_t begin = 0;
  for (const size_t end : list.ends_) {
    list.words_.push_back(std::string_view(text).substr(begin, end - begin));
    begin = end;
  }
  list.head_end_ = text.data() + head;
  list.next_buffer_ ^= 1;
}

}  // namespace vffn
