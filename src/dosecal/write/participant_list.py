"""A participant's schedule in their own language -> a list of dates, as plain text or as a page that prints; every word a catalogue's.

The tables of dosecal.write.table and html have headings and remarks for the site, in English. A participant needs none of them: when, what,
how long, and on which other dates it may be.
"""

from collections.abc import Iterator
from datetime import date, datetime
from html import escape
from typing import Final

from dosecal import __version__
from dosecal.diagnostic import visible
from dosecal.languages import Language
from dosecal.schedule import Event, Schedule
from dosecal.study_time import Window
from dosecal.write.columns import aligned
from dosecal.write.iso import clock_iso, offset_iso
from dosecal.write.lengths import length_in_words
from dosecal.write.people import date_with_weekday, short_date
from dosecal.write.wording import calendar_name, participant_title

_STYLE: Final = """
@page { margin: 14mm 11mm; }
html { font: 11pt/1.4 "Liberation Sans", Arial, Helvetica, sans-serif; color: #000; background: #fff; }
body { max-width: 48rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 16pt; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: start; vertical-align: top; font-weight: normal; padding: .25rem .8rem .25rem 0; border-bottom: .5pt solid #888; }
tr { break-inside: avoid; }
small { display: block; color: #444; }
footer { margin-top: 1rem; font-size: 8pt; color: #444; }
"""


def as_text(schedule: Schedule, language: Language) -> str:
    """The list as lines of text; `schedule` is what dosecal.audience leaves a participant."""
    rows = list(_rows(schedule, language))
    body = ["", *list(aligned([("", "", "", ""), *rows]))[1:]] if rows else []
    return "\n".join([calendar_name(schedule, "participant", language.say), *body, "", _versions(schedule)]) + "\n"


def as_page(schedule: Schedule, language: Language) -> str:
    """The list as an HTML page without scripts that loads nothing; every text is escaped."""
    name = escape(calendar_name(schedule, "participant", language.say))
    rows = (
        f'<tr><th scope="row">{escape(day)}</th><td>{escape(clock)}</td><td dir="auto">{escape(what)}{_small(more)}</td></tr>'
        for day, clock, what, more in _rows(schedule, language)
    )
    return "\n".join((
        f'<!DOCTYPE html>\n<html lang="{escape(language.code)}">\n<head>\n<meta charset="utf-8">',
        """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">""",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="generator" content="dosecal {escape(__version__)}">',
        f'<title>{name}</title>\n<style>{_STYLE}</style>\n</head>\n<body dir="auto">\n<main>\n<h1>{name}</h1>\n<table>',
        *rows,
        f"</table>\n</main>\n<footer>{escape(_versions(schedule))}</footer>\n</body>\n</html>\n",
    ))  # fmt: skip


def _rows(schedule: Schedule, language: Language) -> Iterator[tuple[str, str, str, str]]:
    """Date, clock time, what, and how long and when else; the date stands once before all that falls on it."""
    before: date | None = None
    for event in schedule.events:
        day = date_with_weekday(event.date, language) if event.date != before else ""
        yield day, _clock(event), visible(participant_title(event, language.say)), " · ".join(_more(event, language))
        before = event.date


def _clock(event: Event) -> str:
    if event.clock is None:
        return ""
    clock = clock_iso(event.clock.local.time())
    return f"{clock} (UTC{offset_iso(event.clock.utc_offset)})" if event.clock.ambiguous else clock  # clocks go back: it comes twice


def _more(event: Event, language: Language) -> Iterator[str]:
    if event.lasts is not None:
        yield length_in_words(event.lasts, language.say)
    window = event.window
    if window is not None and (words := _window(window, event.date, language)):
        yield words


def _window(window: Window, day: date, language: Language) -> str:
    """Both ends included; "" where any date will do."""
    say, earliest, latest = language.say, window.earliest, window.latest
    if earliest is not None and latest is not None:
        first, last = _moment(earliest, day, language), _moment(latest, day, language)
        return say("possible: {earliest} – {latest}").format(earliest=first, latest=last)
    if earliest is not None:
        return say("possible from {earliest}").format(earliest=_moment(earliest, day, language))
    return say("possible until {latest}").format(latest=_moment(latest, day, language)) if latest is not None else ""


def _moment(moment: date | datetime, day: date, language: Language) -> str:
    if not isinstance(moment, datetime):
        return short_date(moment, language)
    clock = clock_iso(moment.time())
    return clock if moment.date() == day else f"{short_date(moment, language)} {clock}"


def _small(text: str) -> str:
    return f"<small>{escape(text)}</small>" if text else ""


def _versions(schedule: Schedule) -> str:
    zone = f", tzdata {visible(schedule.zone.data_version)}" if schedule.zone else ""
    return f"dosecal {__version__}{zone}" + (f", {visible(schedule.holidays)}" if schedule.holidays else "")
