#include "text/small_tokenizer.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "text/byte_level.h"

namespace vffn {
namespace {

// The merges of a byte-level BPE in their order, left+right, with _ for a blank: those that the trainer of
// the tokenizers library (0.23.3) finds in the prose of this project's documentation, letters and punctuation
// only.
constexpr std::string_view kMerges =
    "_+t h+e _+a _t+he _+o e+r e+s _+i _+s n+d r+e _o+f a+t e+n _+c _+f t+s _+w i+n o+r _a+nd _+l _+p "
    "o+n _+d i+t _+b _+n _+m _+e _+. e+d r+o _+, _t+o a+s _i+s _t+h it+h r+a _i+n l+e _o+n a+l c+h "
    "e+l _w+ith i+on _a+re a+m u+m _c+o a+r v+er _+T _+h u+t u+n a+n o+t k+en _th+at _d+o _f+i "
    "_to+ken _f+or _+re i+s er+s o+d _l+o c+e in+g _T+he _+r en+t l+es s+e _p+ro s+t e+t _i+ts _s+t "
    "_+A _on+e _n+ot _p+a he+r od+el m+p _o+r _do+c a+b c+t l+l _m+odel f+f _w+h a+d c+es _i+t a+y "
    "o+w _c+on _a+n q+u i+g _s+e _b+y v+e _+g _c+h am+e o+p _doc+um i+d _a+s at+ion p+er a+ch _t+ra "
    "_token+s _+k _e+x u+l _+F _b+e e+x es+t o+re _+v _s+o c+k g+e _+L ver+y _d+i _+I _+ro _s+c as+k "
    "_r+un _h+as u+r t+her _a+t _s+ame m+d _con+t r+i en+ts _s+h _t+ask _e+very _d+e _co+mp o+l _+u "
    "_lo+op ex+t _e+ach _+S i+r _co+un um+b ro+m _+N l+y ion+s _fi+les ig+h o+ut _+C _f+rom a+re "
    "_a+ll _n+umb a+nd s+es t+er _o+ther _di+ff _+M in+e _n+o p+t _m+e a+in ab+le a+ve _t+w d+er i+ts "
    "_n+e _docum+ents p+e _+P al+u _wh+i _+O d+s _+W _tra+in r+or _the+m _ro+w _+E ra+n l+o er+ror "
    "_h+ave i+c or+es _re+ad _+error _diff+er _t+ext _fi+le _whi+ch i+l T+he _+B a+k en+ce _tw+o "
    "_lo+g o+se _the+ir _l+ay ra+m _ch+an _docum+ent t+h _a+l _r+es i+z _do+es _model+s i+le o+in "
    "_pa+per _numb+er or+m F+N _+he c+o i+es o+i _+qu i+m p+l al+l a+ge as+e ay+s";

constexpr int64_t kBytes = 256;

struct Merge {
  std::string left, right;
};

/// A piece of kMerges as tokenizer.json writes it.
std::string Written(std::string_view piece) {
  std::string text;
  for (const char character : piece) {
    text += ByteCharacter(static_cast<unsigned char>(character == '_' ? ' ' : character));
  }
  return text;
}

std::vector<Merge> FirstMerges(int64_t count) {
  std::vector<Merge> merges;
  for (std::string_view rest = kMerges; !rest.empty() && std::cmp_less(merges.size(), count);) {
    const std::string_view pair = rest.substr(0, rest.find(' '));
    const size_t plus = pair.find('+');
    merges.push_back({Written(pair.substr(0, plus)), Written(pair.substr(plus + 1))});
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
  }
  return merges;
}

}  // namespace

SmallTokenizer MakeSmallTokenizer(int64_t vocab_size) {
  VFFN_CHECK(vocab_size > kBytes, "vocab_size is ", vocab_size, ": a tokenizer of all bytes and ", kEndOfText,
             " needs ", kBytes + 1);
  OrderedJson vocabulary = OrderedJson::object(), pairs = OrderedJson::array();
  const auto add = [&](const std::string& token) {
    const size_t id = vocabulary.size();
    vocabulary[token] = id;
  };
  add(kEndOfText);
  for (int64_t byte = 0; byte < kBytes; ++byte) {
    add(ByteCharacter(static_cast<unsigned char>(byte)));
  }
  for (const Merge& merge : FirstMerges(vocab_size - kBytes - 1)) {
    add(merge.left + merge.right);
    pairs.push_back({merge.left, merge.right});
  }
  const OrderedJson end_of_text = {{"id", 0},         {"content", kEndOfText}, {"single_word", false},
                                   {"lstrip", false}, {"rstrip", false},       {"normalized", false},
                                   {"special", true}};
  const OrderedJson byte_level = {
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}};
  const OrderedJson tokenizer = {{"version", "1.0"},
                                 {"truncation", nullptr},
                                 {"padding", nullptr},
                                 {"added_tokens", OrderedJson::array({end_of_text})},
                                 {"normalizer", nullptr},
                                 {"pre_tokenizer", byte_level},
                                 {"post_processor", nullptr},
                                 {"decoder", byte_level},
                                 {"model",
                                  {{"type", "BPE"},
                                   {"dropout", nullptr},
                                   {"unk_token", nullptr},
                                   {"continuing_subword_prefix", nullptr},
                                   {"end_of_word_suffix", nullptr},
                                   {"fuse_unk", false},
                                   {"byte_fallback", false},
                                   {"ignore_merges", false},
                                   {"vocab", vocabulary},
                                   {"merges", pairs}}}};
  const OrderedJson config = {{"tokenizer_class", "PreTrainedTokenizerFast"}, {"eos_token", kEndOfText}};
  return {.tokenizer_json = tokenizer.dump(2) + "\n",
          .tokenizer_config_json = config.dump(2) + "\n",
          .size = static_cast<int64_t>(vocabulary.size())};
}

}  // namespace vffn
