"""--language, else the `language` of the participant's file -> the language of dosecal's own words to the participant."""

from collections.abc import Callable
from typing import Any

import click

from dosecal.cli.selection import Selected
from dosecal.diagnostic import Misused
from dosecal.languages import ENGLISH, Language, language_named, unknown_language
from dosecal.schedule import Schedule


def language_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --language to a command that writes for a participant."""
    text = "The language of the participant's words: de, pt-BR ... [default: `language` of the participant file, else en]."
    return click.option("--language", callback=_code, metavar="LANG", help=text)(command)


def language_of(asked: str | None, selected: Selected) -> Language:
    """The language to write in: another than English for a participant alone. Raises Misused where another audience is to read it."""
    if selected.sight.audience == "participant":
        return language_named(asked or selected.language or ENGLISH.code)
    if asked not in (None, ENGLISH.code):
        message = f"what the {selected.sight.audience} reads is in English alone"
        raise Misused("--language", "language", message, "leave it out, or add --audience participant")
    return ENGLISH


def in_language(schedule: Schedule, form: str, language: Language, *, fold: bool | None) -> str | None:
    """The list of a participant's dates as text or as a page; None in English and for data, which have own writers. Raises Misused."""
    if language == ENGLISH or form not in ("table", "html"):
        return None
    if fold:
        raise Misused("--fold", "fold", f"in `{language.code}` every event is listed", "leave it out")
    from dosecal.write.participant_list import as_page, as_text  # noqa: PLC0415  (pendulum is slow to import)

    return (as_page if form == "html" else as_text)(schedule, language)


def _code(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    del ctx, param
    fault = unknown_language(value) if value is not None else None
    if fault is not None:
        raise Misused("--language", fault.name, fault.message, fault.help)
    return value
