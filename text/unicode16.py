#!/usr/bin/env python3
"""Writes unicode16.cc: classes of characters as Hugging Face's tokenizers 0.23.3 sees them.

    pip install tokenizers==0.23.3 && python text/unicode16.py > text/unicode16.cc

The package contains several versions of Unicode: its regular expressions (Oniguruma) have Unicode 16, the methods of
Rust's char Unicode 17, the crates for punctuation and accents much older ones. So the tables are measured: every code
point goes through the package itself. Tables of the older and newer versions list only what differs from Unicode 16.
"""
import sys

from tokenizers import Regex, __version__, normalizers, pre_tokenizers

assert __version__ == "0.23.3", __version__
CODES = [code for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
EVERYTHING = "".join(map(chr, CODES))
CATEGORIES = ("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn").split()
SCRIPTS = """
    Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo
    Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Chorasmian Common
    Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs
    Elbasan Elymaic Ethiopic Garay Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi Gurmukhi
    Gurung_Khema Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited
    Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi
    Khitan_Small_Script Khmer Khojki Khudawadi Kirat_Rai Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian
    Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui
    Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari
    New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Ol_Onal Old_Hungarian Old_Italic
    Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya
    Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada
    Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Sunuwar Syloti_Nagri Syriac Tagalog
    Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Todhri
    Toto Tulu_Tigalari Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square Unknown""".split()


def matching(pattern):
    left = set(normalizers.Replace(Regex(pattern), "").normalize_str(EVERYTHING))
    return {code for code in CODES if chr(code) not in left}


def dropped_by(normalizer):
    return {code for code in CODES if normalizer.normalize_str("a" + chr(code)) == "a"}


def single_by(pre_tokenizer):
    """The code points that are pieces of their own between letters."""
    pieces = pre_tokenizer.pre_tokenize_str("".join("a" + chr(code) for code in CODES))
    return {ord(piece) for piece, _ in pieces if len(piece) == 1 and piece != "a"}


def rows(entries, per_row):
    return "\n".join("    " + " ".join(entries[i:i + per_row]) for i in range(0, len(entries), per_row))


def table(name, codes):
    ranges = []
    for code in sorted(codes):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "const CodePointRange %s[] = {\n%s\n};\n" % (name, rows(["{0x%X, 0x%X}," % tuple(r) for r in ranges], 6))


def runs(name, value_of):
    found = []
    for code in range(0x110000):
        if not found or found[-1][1] != value_of[code]:
            found.append((code, value_of[code]))
    return "const CodePointRun %s[] = {\n%s\n};\n" % (name, rows(["{0x%X, %d}," % run for run in found], 9))


def names(name, values):
    return "const std::string_view %s[] = {\n%s\n};\n" % (name, rows(['"%s",' % value for value in values], 6))


def values(groups):
    value_of = [None] * 0x110000
    for value, group in enumerate(groups):
        for code in matching(r"\p{%s}" % group):
            assert value_of[code] is None, (hex(code), group)
            value_of[code] = value
    surrogate = groups.index("Cs" if "Cs" in groups else "Unknown")
    return [surrogate if value is None and 0xD800 <= code <= 0xDFFF else value for code, value in enumerate(value_of)]


def lowercase():
    """Pairs of code points that Python 3.11 does not have: letters newer than Unicode 14."""
    entries = []
    normalizer = normalizers.Lowercase()
    for code in CODES:
        lower = normalizer.normalize_str(chr(code))
        if lower != chr(code) and code != 0x130 and chr(code).lower() != lower:
            entries.append("{0x%X, 0x%X}," % (code, ord(lower)))
    return "const CodePointPair kLaterLowercase[] = {\n%s\n};\n" % rows(entries, 6)


def main():
    category_of, script_of = values(CATEGORIES), values(SCRIPTS)
    assert None not in category_of and None not in script_of
    group = lambda *wanted: {code for code in CODES if CATEGORIES[category_of[code]] in wanted or
                             CATEGORIES[category_of[code]][0] in wanted}
    upper, lower, alphabetic = matching(r"\p{Uppercase}"), matching(r"\p{Lowercase}"), matching(r"\p{Alphabetic}")
    word = matching(r"[\w]")
    assert group("Lu") <= upper and group("Ll") <= lower and group("L", "Nl") <= alphabetic
    assert word == alphabetic | group("M", "Nd", "Pc")
    assert matching(r"\w") == word | {0xB2, 0xB3, 0xB9, 0xBC, 0xBD, 0xBE}
    assert matching(r"\s") == matching("[[:space:]]") == set(map(ord, "\t\n\v\f\r\x85")) | group("Z")
    assert matching(r"\d") == matching("[[:digit:]]") == group("Nd")
    assert matching("[[:punct:]]") == group("P", "S") and matching(r"\p{Punct}") == group("P")
    punctuation = single_by(pre_tokenizers.Punctuation("isolated"))
    ours = group("P") | set(map(ord, "$+<=>^`|~"))
    numbers = single_by(pre_tokenizers.Digits(individual_digits=True))
    bert = lambda clean: normalizers.BertNormalizer(clean_text=clean, handle_chinese_chars=False,
                                                    strip_accents=not clean, lowercase=False)
    nonspacing = dropped_by(bert(False))
    combining = dropped_by(normalizers.StripAccents())
    assert group("N") <= numbers and nonspacing - group("Mn") <= {0x1734, 0x1171E}
    parts = [
        names("kCategoryNames", CATEGORIES), runs("kCategoryRuns", category_of),
        names("kScriptNames", SCRIPTS), runs("kScriptRuns", script_of),
        table("kOtherUppercase", upper - group("Lu")), table("kOtherLowercase", lower - group("Ll")),
        table("kOtherAlphabetic", alphabetic - group("L", "Nl")),
        table("kEmoji", matching(r"\p{Emoji}")),
        table("kExtendedPictographic", matching(r"\p{Extended_Pictographic}")),
        table("kLaterNumbers", numbers - group("N")),
        table("kLaterPunctuation", ours - punctuation), table("kFormerPunctuation", punctuation - ours),
        table("kLaterNonspacingMarks", group("Mn") - nonspacing),
        table("kFormerNonspacingMarks", nonspacing - group("Mn")),
        table("kLaterMarks", group("M") - combining), table("kFormerMarks", combining - group("M")),
        table("kBertControls", dropped_by(bert(True))), lowercase()]
    functions = "\n".join(
        "std::span<const %s> %s() { return k%s; }" % (kind, name, name) for kind, name in
        [("std::string_view", "CategoryNames"), ("CodePointRun", "CategoryRuns"), ("std::string_view", "ScriptNames"),
         ("CodePointRun", "ScriptRuns")] +
        [("CodePointRange", name) for name in
         ("OtherUppercase", "OtherLowercase", "OtherAlphabetic", "Emoji", "ExtendedPictographic", "LaterNumbers",
          "LaterPunctuation", "FormerPunctuation", "LaterNonspacingMarks", "FormerNonspacingMarks", "LaterMarks",
          "FormerMarks", "BertControls")] + [("CodePointPair", "LaterLowercase")])
    sys.stdout.write("""// Made by text/unicode16.py with tokenizers %s; not edited by hand.
#include "text/unicode16.h"

namespace vffn {
namespace {

// clang-format off
%s// clang-format on

}  // namespace

%s

}  // namespace vffn
""" % (__version__, "".join(parts), functions))


main()
