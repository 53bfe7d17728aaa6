"""The mappings that come with the program: files of TOML inside the package."""

from importlib.resources import files


def names() -> list[str]:
    """Return the names of the mappings, in the order of the alphabet."""
    folder = files("timeline").joinpath("mappings")
    return sorted(
        file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")
    )


def text(name: str) -> str | None:
    """Return the text of a mapping; None for an unknown name."""
    return (
        files("timeline").joinpath("mappings", f"{name}.toml").read_text("utf-8")
        if name in names()
        else None
    )
