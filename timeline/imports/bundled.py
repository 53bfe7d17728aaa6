"""The mappings that come with the program: files of TOML inside the package."""

from importlib.resources import files


def names() -> list[str]:
    """Return the names of the mappings, in the order of the alphabet."""
    folder = files("timeline").joinpath("mappings")
    paths = [file.name for file in folder.iterdir() if file.name.endswith(".toml")]
    return sorted(name.removesuffix(".toml") for name in paths)


def text(name: str) -> str | None:
    """Return the text of a mapping; None for an unknown name."""
    if name not in names():
        return None
    return files("timeline").joinpath("mappings", f"{name}.toml").read_text("utf-8")
