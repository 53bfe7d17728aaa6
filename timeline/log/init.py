"""Beginning a timeline: an empty log, and a city file to be filled in, in a folder of their own."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from timeline.domain import city_file
from timeline.domain.notation import is_slug
from timeline.errors import Problem, TimelineError, UsageError, quoted
from timeline.storage.disk import SYSTEM, Disk, create, opened
from timeline.storage.paths import CITY, LOG

TEMPLATE = """\
# The city of this timeline: what its names mean. Claims about the war belong in the log,
# events.jsonl.

[city]
id = "{id}"
name = "{name}"
timezone = "{timezone}"  # a name of the tz database; dates without an offset are read in it
# arabic = "…"
# aliases = ["another spelling"]
# lat = 0.000
# lon = 0.000
# fresh = "90d"  # how many days the last word of a place counts as fresh
# boundaries = "districts.geojson"  # polygons of the places below, found by their ids or names

# Sectors and districts, by id: lower-case letters, digits and hyphens. The parent is the city
# unless another is named. What is said of a place holds for the places in it while nobody says more
# of them. Names are found in any case and without accents.
[places]
# east = {{ name = "East" }}
# mill-hill = {{ name = "Mill Hill", aliases = ["Millhill"], parent = "east", lat = 0.000, \
lon = 0.000, area = 1.2 }}  # km²
# bridge = {{ name = "The bridge", kind = "site", code = "XX0101", parent = "east" }}  # a point

# Places that do not lie in the city: where people flee to, or aid comes from.
[outside]
# capital = {{ name = "The capital" }}

# Who holds ground or negotiates. Letter and colour are for maps; these three colours hold under
# every kind of colour blindness.
[actors]
# government = {{ label = "Government", letter = "G", colour = "#A93F3F" }}
# opposition = {{ label = "Opposition", letter = "O", colour = "#6CA6C1" }}
# militia = {{ label = "Militia", letter = "M", colour = "#F0D264", allied = "government" }}

# Who says things. kind: monitor, party, state, media, un or other. side: the actor whose cause the
# source serves, if any; what a source says in favour of its own side counts for less, and all
# sources of one side count as one. A side may have dates, as may an alliance of actors:
# side = [{{ of = "opposition", until = "2020-05-01" }}, {{ of = "militia", from = "2020-05-01" }}].
# relies_on: the sources whose word this one passes on. maintained: true for a map kept current.
[sources]
# observatory = {{ label = "The Observatory", kind = "monitor" }}
# ministry = {{ label = "The ministry of defence", short = "Ministry", kind = "state", \
side = "government" }}
"""

ATTRIBUTES = f"{LOG} -text merge=union\n{LOG}.* -text\n"
"""Git leaves the bytes of log and sidecars alone, and joins copies of the log line by line."""


def files(name: str, timezone: str) -> Mapping[str, str]:
    """Return a new timeline's files by name; raise `UsageError` for a bad name or time zone."""
    city = TEMPLATE.format(id=_id(name), name=_escaped(name), timezone=timezone)
    try:
        city_file.parse_text(city)
    except TimelineError as error:
        raise UsageError(error.problems) from None
    return {LOG: "", CITY: city, ".gitattributes": ATTRIBUTES}


def _id(name: str) -> str:
    id = "-".join(re.findall("[a-z0-9]+", name.lower()))
    if not is_slug(id):
        found = f"no id can be made of the name {quoted(name)}"
        hint = "give one with --name; the name as it is written there can be put into city.toml"
        raise UsageError(Problem(found, "a name with letters a to z", hint=hint))
    return id


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def begin(folder: Path, name: str, timezone: str, disk: Disk = SYSTEM) -> list[Path]:
    """Write a new timeline into a folder and return its files, once they are on the disk.

    What a killed call left behind is completed. Raises `TimelineError` where another file has one
    of the names and where the disk fails; then what was made is removed again.
    """
    new = {folder / file: text.encode() for file, text in files(name, timezone).items()}
    held = {path: path.read_bytes() for path in new if path.is_file()}
    _require_beginnings(new, held)
    made: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The log comes last: nobody can append to it before the rest is there.
        for path in sorted(new, key=lambda path: path.name == LOG):
            if held.get(path) == new[path]:
                _sync(path, disk)
            else:
                _write(path, new[path], path in held, disk)
                made.append(path)
        disk.sync_folder(folder.resolve().parent)
    except OSError as error:
        _undo(made, disk)
        raise TimelineError(Problem(f"{folder}: {error.strerror}")) from None
    except TimelineError:
        _undo(made, disk)
        raise
    return list(new)


def _require_beginnings(new: Mapping[Path, bytes], held: Mapping[Path, bytes]) -> None:
    """Raise `TimelineError` where a file that is there is no beginning of the new one."""
    if any(not new[path].startswith(data) for path, data in held.items()):
        hint = "nothing was written"
        raise TimelineError([Problem(f"{path} is there already", hint=hint) for path in held])


def _write(path: Path, data: bytes, begun: bool, disk: Disk) -> None:
    if begun:
        disk.remove(path)
    create(path, data, disk)


def _sync(path: Path, disk: Disk) -> None:
    with opened(path, writing=True, disk=disk) as file:
        file.sync(folder=True)


def _undo(made: Iterable[Path], disk: Disk) -> None:
    for path in made:
        with suppress(OSError):
            disk.remove(path)
