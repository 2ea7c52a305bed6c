#include "reports/tables/latex_text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <cstdio>
#include <map>

#include "base/error.h"

namespace vffn {
namespace {

using Commands = std::map<UChar32, const char*>;

const Commands& AsciiCommands() {
  static const Commands commands = {
      {'&', "\\&"},
      {'%', "\\%"},
      {'$', "\\$"},
      {'#', "\\#"},
      {'_', "\\_"},
      {'{', "\\{"},
      {'}', "\\}"},
      {'\\', "\\textbackslash{}"},
      {'~', "\\textasciitilde{}"},
      {'^', "\\textasciicircum{}"},
      {'|', "\\textbar{}"},
      {'<', "$<$"},
      {'>', "$>$"},
      {'"', "\\texttt{\"}"},
      {'[', "{[}"},
      {']', "{]}"},
      {'*', "{*}"},  // optional arguments, and the star of "\\*"
  };
  return commands;
}

const Commands& SymbolCommands() {
  static const Commands commands = {
      {U'ß', "\\ss{}"},
      {U'æ', "\\ae{}"},
      {U'Æ', "\\AE{}"},
      {U'œ', "\\oe{}"},
      {U'Œ', "\\OE{}"},
      {U'ø', "\\o{}"},
      {U'Ø', "\\O{}"},
      {U'ł', "\\l{}"},
      {U'Ł', "\\L{}"},
      {U'ı', "\\i{}"},
      {U'¡', "!`"},
      {U'¿', "?`"},
      {U'§', "\\S{}"},
      {U'¶', "\\P{}"},
      {U'†', "\\dag{}"},
      {U'‡', "\\ddag{}"},
      {U'©', "\\copyright{}"},
      {U'£', "\\pounds{}"},
      {U'…', "\\ldots{}"},
      {U'–', "--"},
      {U'—', "---"},
      {U'‐', "-"},
      {U'‑', "-"},
      {U'‘', "`"},
      {U'’', "'"},
      {U'“', "``"},
      {U'”', "''"},
      {U'\u00a0', "~"},
      {U'\u2009', "\\,"},
      {U'\u202f', "\\,"},
      {U'±', "$\\pm$"},
      {U'−', "$-$"},
      {U'×', "$\\times$"},
      {U'÷', "$\\div$"},
      {U'·', "$\\cdot$"},
      {U'•', "$\\bullet$"},
      {U'°', "$^{\\circ}$"},
      {U'¬', "$\\neg$"},
      {U'√', "$\\surd$"},
      {U'∞', "$\\infty$"},
      {U'≤', "$\\leq$"},
      {U'≥', "$\\geq$"},
      {U'≠', "$\\neq$"},
      {U'≈', "$\\approx$"},
      {U'≡', "$\\equiv$"},
      {U'∼', "$\\sim$"},
      {U'∑', "$\\sum$"},
      {U'∏', "$\\prod$"},
      {U'∈', "$\\in$"},
      {U'∂', "$\\partial$"},
      {U'→', "$\\rightarrow$"},
      {U'←', "$\\leftarrow$"},
      {U'↔', "$\\leftrightarrow$"},
      {U'↑', "$\\uparrow$"},
      {U'↓', "$\\downarrow$"},
      {U'⇒', "$\\Rightarrow$"},
      {U'′', "$'$"},
      {U'ℓ', "$\\ell$"},
      {U'¹', "$^1$"},
      {U'²', "$^2$"},
      {U'³', "$^3$"},
      {U'½', "$\\frac{1}{2}$"},
      {U'∆', "$\\Delta$"},
      {U'µ', "$\\mu$"},
  };
  return commands;
}

const Commands& GreekCommands() {
  static const Commands commands = {
      {U'α', "$\\alpha$"},
      {U'β', "$\\beta$"},
      {U'γ', "$\\gamma$"},
      {U'δ', "$\\delta$"},
      {U'ε', "$\\varepsilon$"},
      {U'ζ', "$\\zeta$"},
      {U'η', "$\\eta$"},
      {U'θ', "$\\theta$"},
      {U'ι', "$\\iota$"},
      {U'κ', "$\\kappa$"},
      {U'λ', "$\\lambda$"},
      {U'μ', "$\\mu$"},
      {U'ν', "$\\nu$"},
      {U'ξ', "$\\xi$"},
      {U'ο', "$o$"},
      {U'π', "$\\pi$"},
      {U'ρ', "$\\rho$"},
      {U'σ', "$\\sigma$"},
      {U'ς', "$\\varsigma$"},
      {U'τ', "$\\tau$"},
      {U'υ', "$\\upsilon$"},
      {U'φ', "$\\varphi$"},
      {U'ϕ', "$\\phi$"},
      {U'χ', "$\\chi$"},
      {U'ψ', "$\\psi$"},
      {U'ω', "$\\omega$"},
      {U'Γ', "$\\Gamma$"},
      {U'Δ', "$\\Delta$"},
      {U'Θ', "$\\Theta$"},
      {U'Λ', "$\\Lambda$"},
      {U'Ξ', "$\\Xi$"},
      {U'Π', "$\\Pi$"},
      {U'Σ', "$\\Sigma$"},
      {U'Υ', "$\\Upsilon$"},
      {U'Φ', "$\\Phi$"},
      {U'Ψ', "$\\Psi$"},
      {U'Ω', "$\\Omega$"},
      {U'Α', "A"},
      {U'Β', "B"},
      {U'Ε', "E"},
      {U'Ζ', "Z"},
      {U'Η', "H"},
      {U'Ι', "I"},
      {U'Κ', "K"},
      {U'Μ', "M"},
      {U'Ν', "N"},
      {U'Ο', "O"},
      {U'Ρ', "P"},
      {U'Τ', "T"},
      {U'Χ', "X"},
  };
  return commands;
}

/// Combining marks.
const Commands& AccentCommands() {
  static const Commands commands = {
      {0x300, "\\`"}, {0x301, "\\'"}, {0x302, "\\^"},  {0x303, "\\~"}, {0x304, "\\="},
      {0x306, "\\u"}, {0x307, "\\."}, {0x308, "\\\""}, {0x30a, "\\r"}, {0x30b, "\\H"},
      {0x30c, "\\v"}, {0x323, "\\d"}, {0x327, "\\c"},  {0x331, "\\b"},
  };
  return commands;
}

const char* Find(const Commands& commands, UChar32 character) {
  const auto found = commands.find(character);
  return found == commands.end() ? nullptr : found->second;
}

const icu::Normalizer2& Normalizer(const icu::Normalizer2* (*instance)(UErrorCode&)) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = instance(error);
  VFFN_CHECK(U_SUCCESS(error), "ICU has no data for Unicode normalization: ", u_errorName(error));
  return *normalizer;
}

icu::UnicodeString Normalized(const icu::UnicodeString& text,
                              const icu::Normalizer2* (*instance)(UErrorCode&)) {
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString result = Normalizer(instance).normalize(text, error);
  VFFN_CHECK(U_SUCCESS(error), "a text cannot be normalized: ", u_errorName(error));
  return result;
}

/// A Latin letter under its accents, the first mark inside; empty if one of them has no command.
std::string AccentedLetter(UChar32 character) {
  const icu::UnicodeString parts =
      Normalized(icu::UnicodeString(character), icu::Normalizer2::getNFDInstance);
  const UChar32 letter = parts.char32At(0);
  if (letter >= 0x80 || u_isalpha(letter) == 0) {
    return "";
  }
  std::string text(1, static_cast<char>(letter));
  for (int32_t i = 1; i < parts.length(); ++i) {
    const char* accent = Find(AccentCommands(), parts.char32At(i));
    if (accent == nullptr) {
      return "";
    }
    text = accent + ("{" + text) + "}";
  }
  return text;
}

std::string CodePointText(UChar32 character) {
  char code[40];
  std::snprintf(code, sizeof code, "\\texttt{U+%04X}", static_cast<unsigned>(character));
  return code;
}

/// Nothing for what has no width; a blank for line ends and other control characters.
std::string CharacterText(UChar32 character) {
  if (u_isUWhiteSpace(character) != 0 && character != 0xa0 && character != 0x2009 && character != 0x202f) {
    return " ";
  }
  if (u_charType(character) == U_CONTROL_CHAR) {
    return " ";
  }
  for (const Commands* commands : {&AsciiCommands(), &SymbolCommands(), &GreekCommands()}) {
    if (const char* command = Find(*commands, character)) {
      return command;
    }
  }
  if (character < 0x80) {
    return std::string(1, static_cast<char>(character));
  }
  if (u_charType(character) == U_FORMAT_CHAR) {
    return "";
  }
  const std::string accented = AccentedLetter(character);
  return accented.empty() ? CodePointText(character) : accented;
}

/// Whether two characters side by side would be joined to one, or the second taken as an argument.
bool IsLigature(UChar32 previous, UChar32 next) {
  return previous == next ? next == '-' || next == '`' || next == '\'' || next == ','
                          : next == '`' && (previous == '!' || previous == '?');
}

}  // namespace

std::string LatexText(std::string_view utf8) {
  const icu::UnicodeString text = Normalized(
      icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size()))),
      icu::Normalizer2::getNFCInstance);
  std::string latex;
  UChar32 previous = 0;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 character = text.char32At(i);
    latex += IsLigature(previous, character) ? "{}" : "";
    latex += CharacterText(character);
    previous = character;
  }
  return latex;
}

bool HasCharactersWithoutLatex(std::string_view text) {
  return LatexText(text).find("\\texttt{U+") != std::string::npos;
}

}  // namespace vffn
