#include "text/split_words.h"

#include "text/python_methods.h"
#include "text/utf8.h"

namespace vffn {

size_t CountSplitWords(std::string_view text) {
  size_t words = 1;
  bool in_space = false;
  for (size_t position = 0; position < text.size();) {
    const bool space = IsPythonSpace(DecodeUtf8(text, position));
    words += space && !in_space ? 1 : 0;
    in_space = space;
  }
  return words;
}

}  // namespace vffn
