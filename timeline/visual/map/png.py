"""From SVG to PNG, the same bytes on every run: resvg draws with the shipped fonts alone."""

from importlib.resources import as_file, files

from timeline.errors import Problem, TimelineError, needing

FONTS = ("NotoSans-Regular", "NotoSans-Bold", "NotoSansArabic-Regular", "NotoSansArabic-Bold")
"""The shipped fonts; docs/fonts.py made them, and their licence stands beside them."""


def png(svg: str, *, zoom: float = 2.0) -> bytes:
    """Return a picture as PNG, its units `zoom` pixels wide, or raise `TimelineError`."""
    with needing("resvg-py", "pictures"):
        import resvg_py
    with as_file(files("timeline.visual.map") / "fonts") as folder:
        paths = [str(folder / f"{name}.ttf") for name in FONTS]
        try:
            drawn = resvg_py.svg_to_bytes(
                svg_string=svg,
                zoom=zoom,
                skip_system_fonts=True,
                font_files=paths,
                font_family="Noto Sans",
            )
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of Rust is no Exception to Python
            raise TimelineError(
                Problem(f"resvg cannot draw this: {error}", hint="SVG can still be written")
            ) from None
    return bytes(drawn)
