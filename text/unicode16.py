#!/usr/bin/env python3
"""Writes unicode16.cc: the code points of general categories L* and N* in Unicode 16.

    pip install unicodedata2==16.0.0 && python text/unicode16.py > text/unicode16.cc
"""
import sys

import unicodedata2


def ranges(group):
    found = []
    for code in range(0x110000):
        if unicodedata2.category(chr(code))[0] == group:
            if found and found[-1][1] == code - 1:
                found[-1][1] = code
            else:
                found.append([code, code])
    return found


def table(name, group):
    pairs = ["{0x%X, 0x%X}," % tuple(pair) for pair in ranges(group)]
    lines = [" ".join(pairs[i:i + 5]) for i in range(0, len(pairs), 5)]
    return "const CodePointRange %s[] = {\n    %s\n};\n" % (name, "\n    ".join(lines))


assert unicodedata2.unidata_version == "16.0.0", unicodedata2.unidata_version
sys.stdout.write("""// Made by text/unicode16.py from Unicode %s; not edited by hand.
#include "text/unicode16.h"

namespace vffn {
namespace {

// clang-format off
%s
%s// clang-format on

}  // namespace

std::span<const CodePointRange> LetterRanges() { return kLetters; }

std::span<const CodePointRange> NumberRanges() { return kNumbers; }

}  // namespace vffn
""" % (unicodedata2.unidata_version, table("kLetters", "L"), table("kNumbers", "N")))
