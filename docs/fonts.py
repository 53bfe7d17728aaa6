"""Make the fonts of the pictures and their table of widths from Debian's package fonts-noto-core.

    python docs/fonts.py /usr/share/fonts/truetype/noto timeline/visual/map/fonts

Needs fonttools and uharfbuzz. The fonts are cut down to the letters of Latin, Cyrillic and Arabic
script, without hints, which no picture uses. The Arabic ones have a space of their own, so that a
name of several words is of one font.
"""

import json
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import uharfbuzz
from fontTools import subset

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
ARABIC = [0x20, *range(0x600, 0x700), *range(0x750, 0x780), 0x200C, 0x200D, 0x25CC]
LETTERS = [*LATIN, *CYRILLIC, *ACCENTS, *SIGNS]
FONTS = {
    "NotoSans-Regular": LETTERS,
    "NotoSans-Bold": LETTERS,
    "NotoSansArabic-Regular": ARABIC,
    "NotoSansArabic-Bold": ARABIC,
}


SCRIPTS = ("", "Arabic")
JOINER = "\u200d"
JOINED = {
    "<isolated>": "{}",
    "<initial>": f"{{}}{JOINER}",
    "<medial>": f"{JOINER}{{}}{JOINER}",
    "<final>": f"{JOINER}{{}}",
}
"""How each form of an Arabic letter is written, by the name that Unicode has for the form."""
LAM_ALEF = range(0xFEF5, 0xFEFD)
"""The ligatures that no Arabic text goes without."""


def cut(source: Path, letters: list[int], target: Path) -> None:
    """Write a font with some of another's letters."""
    options = subset.Options(
        hinting=False, name_IDs=["*"], drop_tables=["STAT", "DSIG"], recalc_timestamp=False
    )
    options.layout_features = ["ccmp", "locl", "kern", "mark", "mkmk", "init", "medi", "fina"]
    options.layout_features += ["isol", "rlig", "liga", "calt"]
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def forms() -> Iterator[tuple[str, str]]:
    """Yield the joined forms of Arabic letters, each with a text that is drawn as that form."""
    for code in (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD)):
        name, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        written = "".join(chr(int(letter, 16)) for letter in letters)
        joined = len(written) == 1 and name in ("<initial>", "<medial>", "<final>")
        if joined or code in LAM_ALEF:
            yield chr(code), JOINED[name].format(written)


def widths(fonts: list[Path]) -> dict[str, str]:
    """Return the characters by their width in thousandths of the size, marks of no width left out.

    Arabic letters stand alone, and again as their joined forms.
    """
    widths: dict[str, int] = {}
    for path in fonts:
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path))
        font = uharfbuzz.Font(face)
        drawn = {chr(code): chr(code) for code in sorted(face.unicodes)}
        if "Arabic" in path.name:
            drawn |= {form: text for form, text in forms() if set(text) <= drawn.keys()}
        for character, text in drawn.items():
            widths.setdefault(character, advance(font, text))
    table: dict[int, list[str]] = defaultdict(list)
    for character, width in widths.items():
        table[width].append(character)
    return {str(width): "".join(table[width]) for width in sorted(table) if width}


def advance(font: uharfbuzz.Font, text: str) -> int:
    """Return how wide a text is in thousandths of the size."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    total = sum(position.x_advance for position in buffer.glyph_positions)
    return round(total * 1000 / font.face.upem)


def main(source: Path, target: Path) -> None:
    """Write the fonts and the table of widths."""
    for name, letters in FONTS.items():
        cut(source / f"{name}.ttf", letters, target / f"{name}.ttf")
    weights = {}
    for weight in ("Regular", "Bold"):
        weights[weight] = widths([target / f"NotoSans{script}-{weight}.ttf" for script in SCRIPTS])
    written = json.dumps(weights, ensure_ascii=True, indent=0)
    (target / "widths.json").write_text(f"{written}\n", "utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
