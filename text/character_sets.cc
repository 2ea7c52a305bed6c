#include "text/character_sets.h"

#include <unicode/uchar.h>

#include <map>
#include <string>

#include "base/error.h"

namespace vffn {
namespace {

// The set of all code points whose run has a wanted value.
template <class Wanted>
CodePointSet SetOfRuns(std::span<const CodePointRun> runs, Wanted wanted) {
  std::vector<CodePointRange> ranges;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (wanted(runs[i].value)) {
      const uint32_t end = i + 1 < runs.size() ? runs[i + 1].first : CodePointSet::kLast + 1;
      ranges.push_back({runs[i].first, end - 1});
    }
  }
  return CodePointSet(ranges);
}

std::string Plain(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != ' ' && c != '_' && c != '-') {
      plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return plain;
}

CodePointSet Alphabetic() { return CategorySet("L") | CategorySet("Nl") | CodePointSet(OtherAlphabetic()); }

CodePointSet Visible() {
  return ~(WhitespaceSet() | CategorySet("Cc") | CategorySet("Cs") | CategorySet("Cn"));
}

using NamedSets = std::map<std::string, CodePointSet, std::less<>>;

void AddCategories(NamedSets& sets) {
  const std::map<std::string_view, std::string_view> long_names = {{"L", "Letter"},
                                                                   {"M", "Mark"},
                                                                   {"N", "Number"},
                                                                   {"P", "Punctuation"},
                                                                   {"S", "Symbol"},
                                                                   {"Z", "Separator"},
                                                                   {"C", "Other"},
                                                                   {"Lu", "UppercaseLetter"},
                                                                   {"Ll", "LowercaseLetter"},
                                                                   {"Lt", "TitlecaseLetter"},
                                                                   {"Lm", "ModifierLetter"},
                                                                   {"Lo", "OtherLetter"},
                                                                   {"Mn", "NonspacingMark"},
                                                                   {"Mc", "SpacingMark"},
                                                                   {"Me", "EnclosingMark"},
                                                                   {"Nd", "DecimalNumber"},
                                                                   {"Nl", "LetterNumber"},
                                                                   {"No", "OtherNumber"},
                                                                   {"Pc", "ConnectorPunctuation"},
                                                                   {"Pd", "DashPunctuation"},
                                                                   {"Ps", "OpenPunctuation"},
                                                                   {"Pe", "ClosePunctuation"},
                                                                   {"Pi", "InitialPunctuation"},
                                                                   {"Pf", "FinalPunctuation"},
                                                                   {"Po", "OtherPunctuation"},
                                                                   {"Sm", "MathSymbol"},
                                                                   {"Sc", "CurrencySymbol"},
                                                                   {"Sk", "ModifierSymbol"},
                                                                   {"So", "OtherSymbol"},
                                                                   {"Zs", "SpaceSeparator"},
                                                                   {"Zl", "LineSeparator"},
                                                                   {"Zp", "ParagraphSeparator"},
                                                                   {"Cc", "Control"},
                                                                   {"Cf", "Format"},
                                                                   {"Cs", "Surrogate"},
                                                                   {"Co", "PrivateUse"},
                                                                   {"Cn", "Unassigned"}};
  for (const auto& [name, long_name] : long_names) {
    sets[Plain(name)] = sets[Plain(long_name)] = CategorySet(name);
  }
  sets["combiningmark"] = sets["m"];
  sets["lc"] = sets["casedletter"] = sets["lu"] | sets["ll"] | sets["lt"];
}

void AddScripts(NamedSets& sets) {
  const std::span<const std::string_view> names = ScriptNames();
  for (size_t script = 0; script < names.size(); ++script) {
    const CodePointSet set = SetOfRuns(ScriptRuns(), [&](uint8_t value) { return value == script; });
    sets[Plain(names[script])] = set;
    // The code of four letters: "Hani".
    const std::string name(names[script]);
    const int32_t value = u_getPropertyValueEnum(UCHAR_SCRIPT, name.c_str());
    const char* code =
        value < 0 ? nullptr : u_getPropertyValueName(UCHAR_SCRIPT, value, U_SHORT_PROPERTY_NAME);
    if (code != nullptr) {
      sets[Plain(code)] = set;
    }
  }
}

NamedSets MakeNamedSets() {
  NamedSets sets;
  AddCategories(sets);
  AddScripts(sets);
  const CodePointSet any = ~CodePointSet();
  sets["any"] = any;
  sets["assigned"] = any - sets["cn"];
  sets["ascii"] = {{0, 0x7F}};
  sets["alphabetic"] = sets["alpha"] = Alphabetic();
  sets["lowercase"] = sets["lower"] = CategorySet("Ll") | CodePointSet(OtherLowercase());
  sets["uppercase"] = sets["upper"] = CategorySet("Lu") | CodePointSet(OtherUppercase());
  sets["whitespace"] = sets["space"] = WhitespaceSet();
  sets["emoji"] = CodePointSet(Emoji());
  sets["extendedpictographic"] = CodePointSet(ExtendedPictographic());
  sets["digit"] = CategorySet("Nd");
  sets["alnum"] = Alphabetic() | CategorySet("Nd");
  sets["word"] = BareWordSet();
  sets["xdigit"] = {{'0', '9'}, {'A', 'F'}, {'a', 'f'}};
  sets["blank"] = CategorySet("Zs") | CodePointSet::Of('\t');
  sets["cntrl"] = CategorySet("Cc");
  sets["punct"] = CategorySet("P");
  sets["graph"] = Visible();
  sets["print"] = Visible() | CategorySet("Zs");
  return sets;
}

std::optional<CodePointSet> FindNamedSet(const std::string& plain_name) {
  static const NamedSets sets = MakeNamedSets();
  const auto found = sets.find(plain_name);
  return found == sets.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<CodePointSet> FindProperty(std::string_view name) { return FindNamedSet(Plain(name)); }

std::optional<CodePointSet> FindPosixClass(std::string_view name) {
  if (name == "punct") {
    return CategorySet("P") | CategorySet("S");
  }
  if (name == "word") {
    return WordSet();
  }
  for (const std::string_view known : {"alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower",
                                       "print", "space", "upper", "xdigit"}) {
    if (name == known) {
      return FindNamedSet(std::string(name));
    }
  }
  return std::nullopt;
}

CodePointSet CategorySet(std::string_view name) {
  return SetOfRuns(CategoryRuns(), [&](uint8_t value) { return CategoryNames()[value].starts_with(name); });
}

const CodePointSet& WhitespaceSet() {
  static const CodePointSet set = CategorySet("Z") | CodePointSet{{'\t', '\r'}, {0x85, 0x85}};
  return set;
}

const CodePointSet& WordSet() {
  static const CodePointSet set = Alphabetic() | CategorySet("M") | CategorySet("Nd") | CategorySet("Pc");
  return set;
}

const CodePointSet& BareWordSet() {
  static const CodePointSet set = WordSet() | CodePointSet{{0xB2, 0xB3}, {0xB9, 0xB9}, {0xBC, 0xBE}};
  return set;
}

const CodePointSet& RustWordSet() {
  static const CodePointSet set = WordSet() | CodePointSet{{0x200C, 0x200D}};
  return set;
}

const CodePointSet& RustNumericSet() {
  static const CodePointSet set = CategorySet("N") | CodePointSet(LaterNumbers());
  return set;
}

const CodePointSet& RustPunctuationSet() {
  static const CodePointSet set =
      ((CategorySet("P") | CodePointSet{{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}) -
       CodePointSet(LaterPunctuation())) |
      CodePointSet(FormerPunctuation());
  return set;
}

const CodePointSet& RustNonspacingMarkSet() {
  static const CodePointSet set =
      (CategorySet("Mn") - CodePointSet(LaterNonspacingMarks())) | CodePointSet(FormerNonspacingMarks());
  return set;
}

const CodePointSet& RustCombiningMarkSet() {
  static const CodePointSet set =
      (CategorySet("M") - CodePointSet(LaterMarks())) | CodePointSet(FormerMarks());
  return set;
}

const CodePointSet& BertControlSet() {
  static const CodePointSet set{BertControls()};
  return set;
}

}  // namespace vffn
