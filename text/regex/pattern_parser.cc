#include "text/regex/pattern_parser.h"

#include <algorithm>
#include <iterator>

#include "text/character_sets.h"
#include "text/regex/class_parser.h"
#include "text/regex/pattern_reader.h"

namespace vffn {
namespace {

using Pieces = std::vector<ParsedPattern::Piece>;

struct PatternOptions {
  bool any_case = false;  // i
  bool dot_all = false;   // m
  bool extended = false;  // x
};

class PatternParser {
 public:
  PatternParser(std::string_view pattern, const std::string& where) : reader_(pattern, where) {}

  ParsedPattern Parse() {
    Pieces pieces = Alternatives({});
    if (!reader_.AtEnd()) {
      reader_.Refuse("a ) without (");
    }
    return {std::move(pieces), std::move(sets_)};
  }

 private:
  static Pieces Syntax(const char* syntax) { return {{syntax, -1}}; }

  static void Append(Pieces& pieces, Pieces more) {
    std::move(more.begin(), more.end(), std::back_inserter(pieces));
  }

  static Pieces Join(std::initializer_list<Pieces> parts) {
    Pieces joined;
    for (const Pieces& part : parts) {
      Append(joined, part);
    }
    return joined;
  }

  static Pieces Group(const char* open, Pieces inside) {
    return Join({Syntax(open), std::move(inside), Syntax(")")});
  }

  Pieces Set(const CodePointSet& set) {
    const auto known = std::find(sets_.begin(), sets_.end(), set);
    const auto index = static_cast<int>(known - sets_.begin());
    if (known == sets_.end()) {
      sets_.push_back(set);
    }
    return {{"", index}};
  }

  Pieces NewLine() { return Set(CodePointSet::Of('\n')); }

  Pieces Alternatives(PatternOptions options) {
    Pieces pieces = Sequence(options);
    while (reader_.Take("|")) {
      Append(pieces, Syntax("|"));
      Append(pieces, Sequence(options));
    }
    return pieces;
  }

  Pieces Sequence(PatternOptions options) {
    Pieces pieces;
    while (!reader_.AtEnd() && !reader_.StartsWith("|") && !reader_.StartsWith(")")) {
      if (SkipComment(options)) {
        continue;
      }
      Append(pieces, Quantified(Atom(options), options));
    }
    return pieces;
  }

  bool SkipComment(PatternOptions options) {
    if (reader_.Take("(?#")) {
      for (uint32_t code = 0; code != ')';) {
        code = reader_.TakeCode();
        if (code == '\\') {
          reader_.TakeCode();
        }
      }
      return true;
    }
    if (options.extended && reader_.StartsWith("#")) {
      reader_.Skip(std::min(reader_.Rest().find('\n'), reader_.Rest().size()));
      return true;
    }
    return options.extended && (reader_.Take(" ") || reader_.Take("\t") || reader_.Take("\n") ||
                                reader_.Take("\r") || reader_.Take("\f"));
  }

  // Quantifiers may follow each other; each applies to all before it. An interval is never possessive, and
  // one with a fixed number never lazy.
  Pieces Quantified(Pieces atom, PatternOptions options) {
    for (int count = 0;; ++count) {
      while (SkipComment(options)) {
      }
      std::string quantifier;
      bool lazy = true, possessive = true;
      if (reader_.StartsWith("*") || reader_.StartsWith("+") || reader_.StartsWith("?")) {
        quantifier = static_cast<char>(reader_.TakeCode());
      } else if (!TakeInterval(quantifier, lazy)) {
        return atom;
      } else {
        possessive = false;
      }
      if (lazy && reader_.Take("?")) {
        quantifier += '?';
      } else if (possessive && reader_.Take("+")) {
        quantifier += '+';
      }
      atom = Join({count == 0 ? std::move(atom) : Group("(?:", std::move(atom)), {{quantifier, -1}}});
    }
  }

  // {n} {n,} {n,m} {,m}; other braces stand for themselves.
  bool TakeInterval(std::string& quantifier, bool& lazy) {
    const std::string_view rest = reader_.Rest();
    if (!rest.starts_with("{")) {
      return false;
    }
    size_t position = 1;
    const auto number = [&] {
      const size_t begin = position;
      while (position < rest.size() && rest[position] >= '0' && rest[position] <= '9') {
        ++position;
      }
      return std::string(rest.substr(begin, position - begin));
    };
    const std::string low = number();
    const bool has_comma = position < rest.size() && rest[position] == ',';
    position += has_comma;
    const std::string high = has_comma ? number() : "";
    if (position >= rest.size() || rest[position] != '}' || (low.empty() && high.empty())) {
      return false;
    }
    if (!high.empty() && !low.empty() && std::stoul(low) > std::stoul(high)) {
      reader_.Refuse("an interval whose end is below its start");
    }
    reader_.Skip(position + 1);
    lazy = has_comma;
    quantifier = "{" + (low.empty() ? "0" : low) + (has_comma ? "," + high : "") + "}";
    return true;
  }

  Pieces Atom(PatternOptions options) {
    if (reader_.Take("(")) {
      return Parenthesis(options);
    }
    if (reader_.Take("[")) {
      return Set(TakeClass(reader_, options.any_case));
    }
    if (reader_.Take("\\")) {
      return Escape(options);
    }
    if (reader_.Take(".")) {
      return Set(options.dot_all ? ~CodePointSet() : ~CodePointSet::Of('\n'));
    }
    if (reader_.Take("^")) {  // not after a line break at the very end
      return Join({Syntax("(?:\\A|(?<="), NewLine(), Syntax(")(?!\\z))")});
    }
    if (reader_.Take("$")) {
      return Join({Syntax("(?="), NewLine(), Syntax("|\\z)")});
    }
    if (reader_.StartsWith("*") || reader_.StartsWith("+") || reader_.StartsWith("?")) {
      reader_.Refuse("a quantifier of nothing");
    }
    return Character(reader_.TakeCode(), options);
  }

  Pieces Character(uint32_t code, PatternOptions options) {
    const CodePointSet set = CodePointSet::Of(code);
    return Set(options.any_case ? WithOtherCases(set) : set);
  }

  Pieces Parenthesis(PatternOptions options) {
    if (reader_.StartsWith("*")) {
      reader_.Refuse("a callout");
    }
    if (!reader_.Take("?")) {
      ++groups_;
      return Closed("(?:", options);
    }
    for (const char* open : {"(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!"}) {
      if (reader_.Take(open + 2)) {
        return Closed(open, options);
      }
    }
    if (reader_.StartsWith("<") || reader_.StartsWith("'")) {  // a name
      const size_t end = reader_.Rest().find(reader_.StartsWith("<") ? '>' : '\'', 1);
      if (end == std::string_view::npos) {
        reader_.Refuse("a name without end");
      }
      reader_.Skip(end + 1);
      ++groups_;
      return Closed("(?:", options);
    }
    return OptionGroup(options);
  }

  Pieces Closed(const char* open, PatternOptions options) {
    Pieces group = Group(open, Alternatives(options));
    if (!reader_.Take(")")) {
      reader_.Refuse("a ( without )");
    }
    return group;
  }

  // (?i-x:...), or (?i) for all that follows in the group, its alternatives included.
  Pieces OptionGroup(PatternOptions options) {
    bool on = true;
    while (!reader_.StartsWith(":") && !reader_.StartsWith(")")) {
      if (reader_.Take("-")) {
        on = false;
      } else if (reader_.Take("i")) {
        options.any_case = on;
      } else if (reader_.Take("m")) {
        options.dot_all = on;
      } else if (reader_.Take("x")) {
        options.extended = on;
      } else {
        reader_.Refuse("an unknown kind of group");
      }
    }
    if (reader_.Take(":")) {
      return Closed("(?:", options);
    }
    reader_.Skip(1);
    return Group("(?:", Alternatives(options));
  }

  Pieces Escape(PatternOptions options) {
    if (const auto named = reader_.TakeNamedClass(false)) {  // whatever the case
      return Set(named->negated ? ~named->set : named->set);
    }
    for (const char* anchor : {"\\A", "\\z", "\\G", "\\K"}) {
      if (reader_.Take(anchor + 1)) {
        return Syntax(anchor);
      }
    }
    if (reader_.Take("Z")) {
      return Join({Syntax("(?="), NewLine(), Syntax("?\\z)")});
    }
    if (reader_.Take("b") || reader_.StartsWith("B")) {
      const bool boundary = !reader_.Take("B");
      const Pieces word = Set(BareWordSet());
      return Join({Syntax("(?:(?<="), word, Syntax(boundary ? ")(?!" : ")(?="), word, Syntax(")|(?<!"), word,
                   Syntax(boundary ? ")(?=" : ")(?!"), word, Syntax("))")});
    }
    if (reader_.Take("R")) {
      return Join({Syntax("(?>"), Set(CodePointSet::Of('\r')), NewLine(), Syntax("|"),
                   Set({{'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}}), Syntax(")")});
    }
    if (reader_.Take("N")) {
      return Set(~CodePointSet::Of('\n'));
    }
    if (reader_.Take("O")) {
      return Set(~CodePointSet());
    }
    const char next = reader_.AtEnd() ? '\0' : reader_.Rest()[0];
    if (next == 'k' || IsBackReference()) {
      reader_.Refuse("a back-reference");
    }
    if (next == 'X' || next == 'y' || next == 'Y' || next == 'g') {
      reader_.Refuse(std::string("the escape \\") + next);
    }
    return Character(reader_.TakeEscapedCharacter(), options);
  }

  // A number of one digit, or of a group before it; others are octal.
  bool IsBackReference() const {
    int number = 0;
    for (const char c : reader_.Rest().substr(0, 4)) {
      if (c < '0' || c > '9' || (number == 0 && c == '0')) {
        break;
      }
      number = number * 10 + (c - '0');
    }
    return number > 0 && (number <= 9 || number <= groups_);
  }

  PatternReader reader_;
  std::vector<CodePointSet> sets_;
  int groups_ = 0;  // so far
};

}  // namespace

ParsedPattern ParsePattern(std::string_view pattern, const std::string& where) {
  return PatternParser(pattern, where).Parse();
}

}  // namespace vffn
