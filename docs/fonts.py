"""Make the fonts of the pictures, and the table of widths of their letters.

    python docs/fonts.py /usr/share/fonts/truetype/noto timeline/visual/map/fonts

They are made from those of Debian's package fonts-noto-core, cut down to the letters of Latin,
Cyrillic and Arabic script, without hints, which no picture uses. Needs fonttools.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

LATIN = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x218, 0x21C),
    *range(0x1E00, 0x1E9F),
    *range(0x2010, 0x2040),
]
CYRILLIC = [*range(0x400, 0x460), 0x490, 0x491]
ACCENTS = [*range(0x300, 0x314), *range(0x323, 0x32A), 0x331]
SIGNS = [0x200C, 0x200D, 0x2066, 0x2067, 0x2068, 0x2069, 0x20AC, 0x2116, 0x2122, 0xFFFD]
ARABIC = [*range(0x600, 0x700), *range(0x750, 0x780), 0x200C, 0x200D, 0x25CC]
PLACING = ("ccmp", "locl", "kern", "mark", "mkmk")
JOINING = ("init", "medi", "fina", "isol", "rlig", "liga", "calt")
"""The features that put accents in their places, and those that join letters."""
LETTERS = [*LATIN, *CYRILLIC, *ACCENTS, *SIGNS]
FONTS = {
    "NotoSans-Regular": LETTERS,
    "NotoSans-Bold": LETTERS,
    "NotoSansArabic-Regular": ARABIC,
    "NotoSansArabic-Bold": ARABIC,
}


def cut(source: Path, letters: list[int], target: Path) -> TTFont:
    """Write a font with some of another's letters, and return it."""
    options = subset.Options(
        hinting=False, name_IDs=["*"], drop_tables=["STAT", "DSIG"], recalc_timestamp=False
    )
    options.layout_features = [*PLACING, *JOINING]
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)
    return font


def widths(fonts: list[TTFont]) -> dict[str, str]:
    """Return the letters by their width in thousandths of the size, Arabic ones standing alone.

    Marks that take no room are left out; a letter has the width of the first font that holds it.
    """
    letters: dict[int, list[str]] = defaultdict(list)
    taken = set()
    for font in fonts:
        for code, name in sorted(font.getBestCmap().items()):
            width = round(font["hmtx"][name][0] * 1000 / font["head"].unitsPerEm)
            if width and code not in taken:
                taken.add(code)
                letters[width].append(chr(code))
    return {str(width): "".join(letters[width]) for width in sorted(letters)}


def main(source: Path, target: Path) -> None:
    """Write the fonts and the table of widths."""
    fonts = {}
    for name, letters in FONTS.items():
        fonts[name] = cut(source / f"{name}.ttf", letters, target / f"{name}.ttf")
    table = {}
    for weight in ("Regular", "Bold"):
        table[weight] = widths([font for name, font in fonts.items() if name.endswith(weight)])
    text = json.dumps(table, ensure_ascii=True, indent=0)
    (target / "widths.json").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
