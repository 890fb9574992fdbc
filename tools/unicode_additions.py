#!/usr/bin/env python3
"""unicode_additions.py > src/millet/core/unicode_additions.h: the characters that Unicode 15 to 16 added to 14, and what
came after 9 to be normalised. Needs CPython 3.11 (its unicodedata is
Unicode 14), unicodedata2 16.0.0 and tokenizers 0.23 from PyPI."""

import subprocess
import sys
import unicodedata as fourteen

import unicodedata2 as sixteen
from tokenizers import normalizers

assert fourteen.unidata_version == "14.0.0" and sixteen.unidata_version == "16.0.0"


def ranges(pairs):
    out = []
    for point, value in pairs:
        if out and out[-1][1] == point - 1 and out[-1][2] == value:
            out[-1][1] = point
        else:
            out.append([point, point, value])
    return out


CATEGORIES = "cn lu ll lt lm lo mn mc me nd nl no pc pd ps pe pi pf po sm sc sk so zs zl zp cc cf cs co".split()
POINTS = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
added = ranges((p, sixteen.category(chr(p))) for p in POINTS
               if fourteen.category(chr(p)) == "Cn" and sixteen.category(chr(p)) != "Cn")


# What the library knows as marks and as composites it is asked itself: no file of it says so.
NFD = normalizers.NFD()


def is_mark(c):
    high, low = "q\u0345", "\u0334"  # of the classes 240 and 1
    return NFD.normalize_str(high + c) != high + c or NFD.normalize_str("q" + c + low) != "q" + c + low


late = set()
for point in POINTS:
    c = chr(point)
    parts = sixteen.normalize("NFD", c)
    if parts != c and NFD.normalize_str(c) == c:
        late |= {point, ord(parts[0])}
    elif sixteen.combining(c) and not is_mark(c):
        late.add(point)
assert min(late) > 0x7F0
late = ranges((point, None) for point in sorted(late))

text = """// Where utf8proc and the `tokenizers` library know different Unicodes. Made by tools/unicode_additions.py.
#pragma once

namespace millet::unicode {

// In utf8proc's order.
enum class Category : unsigned char {
""" + ", ".join(CATEGORIES) + """
};

// Characters that Unicode 15, 15.1 and 16 added to 14, with their categories.
struct AddedCharacters {
  char32_t first, last;
  Category category;
};
inline constexpr AddedCharacters kAddedCharacters[] = {
"""
text += "\n".join(f'{{0x{a:X}, 0x{b:X}, Category::{c.lower()}}},' for a, b, c in added)
text += """
};

// Marks, and composites with their first parts, that are younger than Unicode 9: the library's NFC does not know them.
struct LateCharacters {
  char32_t first, last;
};
inline constexpr LateCharacters kLateCharacters[] = {
"""
text += "\n".join(f"{{0x{a:X}, 0x{b:X}}}," for a, b, _ in late)
text += "\n};\n\n}  // namespace millet::unicode\n"
sys.stdout.write(subprocess.run(["clang-format", "--assume-filename=src/millet/core/unicode_additions.h"], input=text,
                                stdout=subprocess.PIPE, text=True, check=True).stdout)
