"""From SVG to PNG, the same bytes on every run: drawn by resvg with the shipped fonts and no others."""

from importlib.resources import as_file, files

from timeline.errors import Problem, TimelineError, needing

FONTS = ("NotoSans-Regular", "NotoSans-Bold", "NotoSansArabic-Regular", "NotoSansArabic-Bold")
"""The shipped fonts; how they were made is told in docs/fonts.py, their licence stands beside them."""


def png(svg: str, *, zoom: float = 2.0) -> bytes:
    """Return a picture as PNG, its units `zoom` pixels wide; raise `TimelineError` where resvg is not installed, or fails."""
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
        except BaseException as error:  # what fails inside resvg is no Exception to Python
            if type(error).__name__ not in ("PanicException", "ValueError"):
                raise
            raise TimelineError(
                Problem(f"resvg cannot draw this: {error}", hint="SVG can still be written")
            ) from None
    return bytes(drawn)
