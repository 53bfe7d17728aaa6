"""The tables of a mapping are read strictly: templates, conditions and tables of words in them."""

import re
from collections.abc import Mapping
from typing import Any

from attrs import define, field

from timeline.domain import toml_tables
from timeline.domain.events import TYPES, Event, Statement
from timeline.errors import Problem, nearest
from timeline.imports.templates import BUILT_IN, Condition, Template, Words, folded
from timeline.log.strict_json import show


class Section(toml_tables.Section):
    """A table of a mapping."""

    def shown(self, value: object) -> str:
        """Return a value as JSON writes it, shortened."""
        return show(value)

    def several(self, key: str, kind: type, expected: str, *, needed: bool = False) -> list[Any]:
        """Return the values of a list, or a single value as a list of one; none for a fault."""
        value = self.take(key) if needed else self.take(key, [])
        values = value if isinstance(value, list) else [value]
        if value is None:
            return []
        if all(isinstance(each, kind) for each in values):
            return values
        self.wrong(key, show(value), expected)
        return []

    def event_type(self) -> type[Event]:
        """Return the type of event that the key ``type`` names."""
        tag = self.text("type")
        known = [name for name in TYPES if name != "retraction"]
        if tag in known:
            return TYPES[tag]
        if tag:
            self.wrong("type", show(tag), f"one of {', '.join(known)}", nearest(tag, known))
        return Statement


@define
class Reader:
    """Reads what the values of a mapping are made of, and gathers the `problems` that it finds."""

    tables: Mapping[str, Any]
    problems: list[Problem]
    _used: set[str] = field(factory=set)

    def done(self) -> None:
        """Note every table of words in which nothing is looked up."""
        for name in self.tables:
            if name not in self._used:
                found, expected = "nothing is looked up in this table", f"words = {show(name)}"
                self.problems.append(Problem(found, expected, f"tables.{name}"))

    def template(self, section: Section, key: str) -> Template:
        """Return a template, which must be there."""
        return self.parsed(section, key, section.text(key))

    def optional_template(self, section: Section, key: str) -> Template | None:
        """Return a template; None where there is none."""
        text = section.text(key, None)
        return None if text is None else self.parsed(section, key, text)

    def parsed(self, section: Section, key: str, text: str) -> Template:
        """Return the template that the text of a key is."""
        if len(re.findall(r"[{}]", text)) != 2 * len(re.findall(r"\{[^{}]+\}", text)):
            section.wrong(key, show(text), "each column in braces of its own, as {name}")
        template = Template(text)
        for name in template.columns:
            if name.startswith("@") and name not in BUILT_IN:
                expected = f"one of {', '.join(BUILT_IN)}"
                section.wrong(key, show(name), expected, nearest(name, BUILT_IN))
        return template

    def pattern(self, section: Section, key: str) -> re.Pattern[str] | None:
        """Return a regular expression; None where there is none."""
        text = section.text(key, None)
        try:
            return None if text is None else re.compile(text)
        except re.error as error:
            section.wrong(key, show(text), f"a regular expression: {error}")
            return None

    def conditions(self, section: Section, key: str) -> tuple[Condition, ...]:
        """Return conditions: one table, or a list of them."""
        expected = "a condition, { value = …, is = … }, or a list of them"
        raw = section.several(key, dict, expected)
        return tuple(self._condition(section.inner(key, table)) for table in raw)

    def _condition(self, section: Section) -> Condition:
        if not section.raw.keys() & {"is", "isnt", "matches", "filled"}:
            section.fault("asks nothing", "is, isnt, matches or filled")
        among = frozenset(map(folded, section.texts("is")))
        condition = Condition(
            value=self.template(section, "value"),
            among=among if "is" in section.raw else None,
            none_of=frozenset(map(folded, section.texts("isnt"))),
            matches=self.pattern(section, "matches"),
            filled=section.typed("filled", bool, "true or false", None),
            why=section.text("why", ""),
        )
        section.done()
        return condition

    def words(self, section: Section, key: str = "words") -> Words | None:
        """Return a table of words, or None; only ``words`` may rule on unknown words."""
        otherwise = section.text("otherwise", None) if key == "words" else None
        keep = section.flag("keep") if key == "words" else False
        meanings = self._meanings(section, key)
        if meanings is None:
            return None
        plain = {folded(word): meaning for word, meaning in meanings.items()}
        return Words(plain, otherwise, strict=otherwise is None and not keep)

    def _meanings(self, section: Section, key: str) -> Mapping[str, str] | None:
        raw = section.take(key, None)
        if isinstance(raw, str):
            self._used.add(raw)
            if raw not in self.tables:
                hint = nearest(raw, self.tables)
                section.wrong(key, f"no table {raw!r} in the mapping", f"[tables.{raw}]", hint)
                return None
            raw = self.tables[raw]
        if isinstance(raw, dict) and all(isinstance(meaning, str) for meaning in raw.values()):
            return raw
        if raw is not None:
            section.wrong(key, show(raw), "a table of texts, or the name of one")
        return None
