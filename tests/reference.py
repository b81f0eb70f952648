"""The code's closed lists and keys -> the generated tables of docs/language.md; `python -m tests.reference` rewrites them there.

The names come from the code; the words beside them stand here, and a key without words (or words without a key) fails.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from dosecal.diagnostic import Refused
from dosecal.dose import MEASURES, ROUTES, UNITS
from dosecal.read.acts import FORMS
from dosecal.read.nodes import read_document
from dosecal.read.participant import read_participant, read_site
from dosecal.read.regimen import read_regimen
from dosecal.regimen import SECTIONS

REFERENCE: Final = Path(__file__).parents[1] / "docs" / "language.md"
BLOCK: Final = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
YES, NO = "yes", "not yet"
"""Laid out; refused by name."""


class Said(NamedTuple):
    """What the reference says of a key: what it holds, what holds without it, and whether this version lays it out."""

    holds: str
    without: str = "required"
    built: str = YES


REGIMEN: Final = {
    "format": Said("`dosecal/1`: the language that the file is written in"),
    "study": Said("the study's short name, as it appears on schedules"),
    "source": Said("where the regimen is taken from: registry number, protocol section, label"),
    "title": Said("the study's full title", "none"),
    "months": Said("what a month is: `calendar`, `28 days` or `30 days`", "refused once a phrase uses months"),
    "events": Said("a list of happenings that a repeat may run until (`progression`, `discontinuation`)", "none"),
    "flags": Said("a list of conditions that a participant may have, for `only-if`", "none"),
    "arms": Said("names, each with what that arm alone has", "everybody has the same"),
    "phases": Said("names of stretches of the study, each with its own day 1", "one stretch"),
    "tables": Said("names of dose tables, for `give: table NAME`", "none"),
    "cohort-plans": Said("how cohorts follow each other", "none"),
    "blinding": Said("audiences, each with what is hidden from it: `{participant: dose, rater: treatment}`", "nobody is blinded"),
}
ARM: Final = {"title": Said("the arm in words", "its name"), "phases": Said("as at the top level", "those of the top level")}
ITEM: Final = {
    "when": Said("a timing, or a list of timings: the item falls on all of their dates"),
    "give": Said("amount and route", "required, where it may stand"),
    "at": Said("a clock time, a named time, one near it, or a list of these", "no clock time: an all-day entry"),
    "lasts": Said("how long one occurrence takes, in minutes or hours", "not said"),
    "window": Said("on which dates an occurrence is still in time", "none shown"),
    "if-closed": Said("what happens on a day when the site is closed", "it stays there, and a note says so"),
    "days": Said("weekdays for `3 times weekly`, when the participant names none", "the participant is asked"),
    "at-least": Said("the smallest gap between two occurrences: `48 hours apart`", "none"),
    "count-from": Said("`plan` or `actual`: whether a late dose moves those after it", "`plan`; for some doses it must be said"),
    "levels": Said("the amounts that a dose may be changed to", "any"),
    "if-missed": Said("what a missed dose does", "`skip`"),
    "initiate-again": Said("after how many missed days the next dose is a new first dose", "only the first dose is one"),
    "title": Said("words for the participant's own calendar", "a general word, such as `Injection`"),
    "not-before": Said("a point: the item is never earlier; of a list, the latest counts", "none"),
    "except": Said("another item, on whose dates this one does not take place", "none"),
    "only-if": Said("a flag, or `not` and a flag: who has this item", "everyone"),
    "product": Said("what is handed out", "the item's name"),
    "round": Said("to which step a calculated dose is rounded", "not rounded"),
    "max-dose": Said("the largest dose, whatever is calculated", "none"),
}
PHASE: Final = {
    "lasts": Said("its length: `14 days`; a phase has either this or `cycle`", "open"),
    "cycle": Said("that it repeats, and how", "it does not"),
    "starts": Said("a point: its first day", "the day after the phase before it ends"),
    "until": Said("one of `events`, from whose day on nothing of the phase is due", "none"),
    "day-1": Said("`here`: its first day is Study Day 1", "the first phase's is"),
}
CYCLE: Final = {
    "length": Said("from one cycle's first day to the next: `21 days`"),
    "count": Said("how many cycles", "until the event or the horizon"),
    "count-from": Said("`plan` or `actual`: whether a delayed cycle moves those after it", "must be said"),
    "first-day": Said("`0`, only where the protocol itself counts cycle days from 0", "day 1"),
}
PLAN: Final = {
    "places": Said("names with numbers (`sentinels 1-2`), each with `when`, `at`, `not-before`", "required"),
    "reviews": Said("names of decision meetings, each with `when`", "none"),
    "next": Said("a point: when the next cohort starts", "not said"),
}
PARTICIPANT: Final = {
    "participant": Said("the id; at most 64 characters"),
    "regimen": Said("the regimen: a path beside this file, or the name of a published one"),
    "day-1": Said("the date of Study Day 1"),
    "arm": Said("the arm", "required where the regimen has arms"),
    "timezone": Said("an IANA time zone: `America/Chicago`", "required once there is a clock time"),
    "site": Said("the site's name", "none"),
    "horizon": Said("the last date to list, included", "required where the regimen has no end"),
    "days": Said("weekdays chosen, by item: `{interferon beta-1a: Tue Thu Sat}`", "the item's own `days`"),
    "times": Said("named times: `{breakfast: 07:30}`, or by weekday `{dinner: {Mon-Fri: 19:30, Sat-Sun: 18:00}}`", "asked for"),
    "birth-date": Said("the date of birth: the age comes from it", "asked for where an age is needed"),
    "flags": Said("a list of the regimen's `flags` that this participant has", "none"),
    "measures": Said("what is known at Day 1: `{weight: 71.4 kg, bsa: 1.8 m2}`", "asked for where a dose or a band needs one"),
    "first-dose": Said("the named or clock time of the first dose on Day 1; earlier ones of that day fall away", "all of Day 1's doses"),
    "language": Said("the language of the participant's own calendar: `de`, `pt-BR`", "`en`"),
    "record": Said("what really happened, in the order in which it was written down", "empty: the schedule is the plan"),
}
SITE: Final = {
    "site": Said("the site's name; compared with the participant's", "not compared"),
    "weekend": Said("the weekdays on which the site is closed: `Sat Sun`", "none"),
    "closed": Said("a list of other closing days", "none"),
    "open": Said("extra open days for some items: `{2026-12-24: [blood tests]}`", "none"),
    "holidays": Said("the public holidays of a country or a part of it: `GB-SCT`", "none"),
}


class Happening(NamedTuple):
    """What the reference says of a kind of entry: what stands behind its key, and what the entry says."""

    value: str
    says: str


ENTRIES: Final = {
    "given": Happening("ITEM", "a dose took place on `on`"),
    "done": Happening("ITEM", "anything else took place on `on`"),
    "not-given": Happening("ITEM", "a dose did not take place, or none `through` a date; it counts all the same (SDTM EXOCCUR = N)"),
    "not-done": Happening("ITEM", "anything else did not take place"),
    "remembered": Happening("ITEM", "a missed dose was noticed on `on`: `if-missed` decides whether it is taken that day"),
    "moved": Happening("ITEM", "an appointment was changed beforehand; a course moves as a whole"),
    "delayed": Happening("PHASE cycle N", "this cycle begins on `to`"),
    "held": Happening("ITEM or PHASE", "it is withheld from `on` on, `through` a last day or until it is resumed"),
    "resumed": Happening("ITEM or PHASE", "`on` is the first day on which it is given again"),
    "adjusted": Happening("ITEM", "another amount for each dose that stands on `on` or later; `to: plan` ends it"),
    "new-days": Happening("ITEM", "other weekdays from `on`, for an item so many times weekly"),
    "new-times": Happening("{NAME: TIME}", "other named times from `on`"),
    "measured": Happening("MEASURE", "a measure from `on`"),
    "event": Happening("NAME", "one of the regimen's `events` came about"),
    "stopped": Happening("ITEM or PHASE", "one thing ends: from `on` on nothing of it is due"),
    "withdrew": Happening("study", "everything ends, follow-up too"),
    "closed": Happening("ITEM", "no open day for this item from `on` `through` a date: a machine is down"),
    "unscheduled": Happening("lab, visit, ...", "something extra took place, of one of the sections; it moves nothing"),
    "day-1": Happening("DATE", "Study Day 1 was moved, or had been wrong"),
    "site": Happening("NAME", "from `on` the participant comes to another site"),
    "amended": Happening("REGIMEN", "from `on` another version of the protocol holds: a file beside this one, or a published name"),
    "void": Happening("N", "entry N does not count any more"),
}
"""In the order of dosecal.read.acts.FORMS, which has the keys of each."""
ENTRY_KEYS: Final = {
    "on": "when it happened: a date",
    "by": "who says so: initials, a name",
    "why": "the reason; required where the entry changes treatment or the record",
    "due": "which occurrence: its date on the schedule; left out where that is `on`",
    "slot": "which of several a day: its time on the schedule, or the time's name",
    "at": "the clock time at which it took place, from which gaps and tied items count",
    "amount": "what was really given (a stopped infusion); it changes no later dose",
    "to": "the new date, amount or weekdays",
    "through": "the last day for which it holds, included",
    "value": "the amount that was measured",
    "corrects": "the number of the entry in whose place this one holds",
    "entered": "when it was written, in UTC; `dosecal record` says it, and without it `on` counts",
    "chain": "the hash by which `dosecal verify` finds a change; `dosecal record` writes it, and nobody else",
}


class Keys(NamedTuple):
    """A mapping of the language: the words for its keys, and a text in which it has a key that is not known."""

    words: dict[str, Said]
    text: str
    reader: Callable[..., object] = read_regimen


MAPPINGS: Final = {
    "regimen-keys": Keys(REGIMEN, "qqqq: 1"),
    "arm-keys": Keys(ARM, "arms: {A: {qqqq: 1}}"),
    "item-keys": Keys(ITEM, "doses: {d: {qqqq: 1}}"),
    "phase-keys": Keys(PHASE, "phases: {p: {qqqq: 1}}"),
    "cycle-keys": Keys(CYCLE, "phases: {p: {cycle: {qqqq: 1}}}"),
    "cohort-plan-keys": Keys(PLAN, "cohort-plans: {c: {qqqq: 1}}"),
    "participant-keys": Keys(PARTICIPANT, "qqqq: 1", read_participant),
    "site-keys": Keys(SITE, "qqqq: 1", read_site),
}


def known_keys(mapping: Keys) -> list[str]:
    """The keys that the program itself names when it refuses an unknown one; sections left out."""
    try:
        mapping.reader(read_document("x.yaml", mapping.text.encode()))
    except Refused as refused:
        said = next(one.help for one in refused.diagnostics if one.name == "unknown-key")
        assert said is not None
        return [key for key in said.removeprefix("its keys are ").split(", ") if key not in SECTIONS]
    raise AssertionError(mapping.text)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *(list(row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def keys_table(mapping: Keys) -> str:
    """The keys in the order of their words, which is that of importance."""
    rows = ((code(key), said.holds, said.without, said.built) for key, said in mapping.words.items())
    return table(("key", "holds", "without it", "laid out"), rows)


def sections_table() -> str:
    rows = ((code(name), facts.singular, code(facts.kind), facts.domain) for name, facts in SECTIONS.items())
    return table(("section", "one of it", "kind in data", "SDTM domain"), rows)


def units_table() -> str:
    times = {"weight": "× body weight in kg", "bsa": "× body surface area in m²", None: ""}
    rows = ((code(unit.symbol), unit.words, code(unit.ucum), code(unit.cdisc), times[unit.per]) for unit in UNITS.values())
    return table(("written", "people read", "UCUM", "CDISC", ""), rows)


def routes_table() -> str:
    rows = ((code(route.symbol), route.words, route.cdisc, route.code, "home" if route.home else "site") for route in ROUTES.values())
    return table(("written", "people read", "CDISC", "NCI code", "usually at"), rows)


def measures_table() -> str:
    return table(("measure", "in"), ((code(name), " or ".join(map(code, units))) for name, units in MEASURES.items()))


def entries_table() -> str:
    """The kinds of entries in the program's order, with the keys that each needs and those that it may have beside them."""
    rows = []
    for kind, form in FORMS.items():
        needs = (*form.needs, *(("why",) if form.explained else ()))
        may = [key for key in form.keys if key not in needs]
        said = ENTRIES[kind]
        rows.append((code(f"{kind}: {said.value}"), said.says, ", ".join(map(code, needs)), ", ".join(map(code, may))))
    return table(("entry", "says", "needs", "may have"), rows)


def entry_keys_table() -> str:
    return table(("key", "holds"), ((code(key), words) for key, words in ENTRY_KEYS.items()))


TABLES: Final[dict[str, Callable[[], str]]] = {
    "sections": sections_table,
    "units": units_table,
    "routes": routes_table,
    "measures": measures_table,
    "entries": entries_table,
    "entry-keys": entry_keys_table,
    **{name: partial(keys_table, mapping) for name, mapping in MAPPINGS.items()},
}


def with_tables(text: str) -> str:
    """`text` with what stands between each pair of markers written anew."""
    return BLOCK.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], text)


if __name__ == "__main__":
    REFERENCE.write_text(with_tables(REFERENCE.read_text(encoding="utf-8")), encoding="utf-8")
