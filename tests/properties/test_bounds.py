"""What could go on without end is refused at once, with the reason; what is only large is laid out within a bounded amount of work.

Work is counted in calls of Python functions, which no machine makes more or fewer: 100,000 of them take some hundredths of a
second, and the four million at which a test gives up a second or two.
"""

import sys
from collections.abc import Callable
from datetime import date
from types import FrameType
from typing import Self

import pytest

from dosecal.check import check
from dosecal.diagnostic import Refused
from dosecal.expand import expand
from dosecal.participant import Participant, Site
from dosecal.schedule import Schedule
from tests.expand.laying import regimen, zone

AT_ONCE = 100_000
MOST = 4_000_000


class TooMuchWorkError(Exception):
    """A test's patience is at an end."""


class Work:
    """Counts the calls made while it is entered; gives up after MOST."""

    def __init__(self) -> None:
        self.calls = 0

    def __enter__(self) -> Self:
        sys.setprofile(self.count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def count(self, _frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            self.calls += 1
            if self.calls > MOST:
                sys.setprofile(None)
                raise TooMuchWorkError


def plan(body: str, horizon: date | None = None) -> Schedule:
    return expand(regimen(body), Participant(day_1=date(2027, 1, 4), zone=zone("Europe/Berlin"), horizon=horizon), Site())


def refused(body: str, horizon: date | None = None) -> tuple[str, int]:
    """The name of the first refusal, and the calls that it took to read the file and to refuse it."""
    with Work() as work:
        try:
            plan(body, horizon)
        except Refused as raised:
            return raised.diagnostics[0].name, work.calls
    pytest.fail("it was laid out")


def one(when: str, before: str = "") -> str:
    return f"{before}visits: {{it: {{when: {when}}}}}"


def row(number: int, item: Callable[[int], str], section: str = "visits") -> str:
    return f"{section}:\n" + "".join(f"  {item(k)}\n" for k in range(number))


def chain(number: int, *, backwards: bool = False) -> str:
    lines = ["  item 0: {when: day 1}\n", *(f"  item {k}: {{when: 1 day after item {k - 1}}}\n" for k in range(1, number))]
    return "visits:\n" + "".join(reversed(lines) if backwards else lines)


def phases(**of: str) -> str:
    return "phases:\n" + "".join(
        f"  {name}:\n    lasts: 3 days\n    {keys}\n    calls: {{call {name}: {{when: day 1}}}}\n" for name, keys in of.items()
    )


def cycles(length: str, number: int, items: int) -> str:
    lines = "".join(f"      item {k}: {{when: day 1}}\n" for k in range(items))
    return f"phases:\n  p:\n    cycle: {{length: {length}, count: {number}, count-from: plan}}\n    visits:\n{lines}"


ENDLESS = {
    "no bound": (one("every day"), "no-horizon"),
    "until an event": (one("every day until stop", "events: [stop]\n"), "no-horizon"),
    "a billion times": (one("every day 1000000000 times"), "number"),
    "a billion months": (one("every day for 1000000000 months"), "number"),
    "99,999 weeks": (one("every day for 99999 weeks"), "date-range"),
    "99,999 months": (one("every month through month 99999"), "date-range"),
    "a course of 99,999 days": (one("day 1 for 99999 days"), "date-range"),
    "a course of days up to a million": (one("days 1-1000000"), "number"),
    "a billion cycles": (cycles("1 day", 10**9, 1), "number"),
    "an item after itself": (one("1 day after each it"), "circle"),
    "two items after each other": ("visits: {a1: {when: 1 day after a2}, a2: {when: 1 day after a1}}", "circle"),
    "two items that leave each other out": ("visits: {a1: {when: day 1, except: a2}, a2: {when: day 1, except: a1}}", "circle"),
    "windows about each other": (
        "visits: {a1: {when: day 1, window: 0 to 3 days after a2}, a2: {when: day 1, window: 0 to 3 days after a1}}",
        "circle",
    ),
    "not before each other": ("visits: {a1: {when: day 1, not-before: a2}, a2: {when: day 1, not-before: a1}}", "circle"),
    "kinds after each other": ("visits: {a1: {when: 1 day after last call}}\ncalls: {c1: {when: 1 day after last visit}}", "circle"),
    "a circle of twenty": (
        "visits: {" + ", ".join(f"a{k}: {{when: 1 day after a{(k + 1) % 20}}}" for k in range(20)) + "}",
        "circle",
    ),
    "phases after each other": (phases(p="day-1: here", q="starts: 1 day after end of r", r="starts: 1 day after end of q"), "circle"),
    "a phase after its own item": (phases(p="day-1: here", q="starts: 1 day after last call q"), "circle"),
    "20,000 items": (row(20_000, lambda k: f"item {k}: {{when: day 1}}"), "too-large"),
}


@pytest.mark.parametrize("body", ENDLESS)
def test_what_could_go_on_without_end_is_refused_at_once(body: str) -> None:
    text, name = ENDLESS[body]
    found, calls = refused(text)
    assert found == name
    assert calls < (AT_ONCE if body != "20,000 items" else 40 * AT_ONCE)  # reading 20,000 lines is work


@pytest.mark.parametrize("body", [one("every day"), one("1 day after each it"), cycles("1 day", 9999, 50)])
def test_validate_refuses_it_too(body: str) -> None:
    with Work():
        assert not check(regimen(body)).good


MANY = {
    "99,999 times": one("every day 99999 times"),
    "99,999 open days": one("every open day 99999 times"),
    "50 items 40,000 times": row(50, lambda k: f"item {k}: {{when: every day 40000 times}}"),
    "9,999 cycles of 50 items": cycles("1 day", 9999, 50),
    "a course for each of 3,000": "visits: {a1: {when: every day 3000 times}, it: {when: each a1 for 3000 days}}",
}


@pytest.mark.parametrize("body", MANY)
def test_what_is_too_much_is_refused_before_it_is_laid_out(body: str) -> None:
    found, calls = refused(MANY[body])
    assert found == "too-many"
    assert calls < MOST


LARGE = {
    "a chain of 1,000 items": (chain(1000), 1000),
    "windows in a chain of 1,000": (
        row(1000, lambda k: f"item {k}: {{when: day {k + 1}{f', window: 0 to 2 days after item {k - 1}' if k else ''}}}"),
        1000,
    ),
    "1,000 phases": (phases(**{f"p{k}": "" for k in range(1000)}), 1000),
    "5,000 items": (row(5000, lambda k: f"item {k}: {{when: every day 10 times}}"), 50_000),
    "9,999 cycles": (cycles("1 day", 9999, 1), 9999),
    "3,000 cycles, each with a tie": (cycles("1 day", 3000, 1) + "    calls: {other: {when: 1 day after item 0}}\n", 6000),
    "each of 3,000 not before the last of 3,000": (
        "visits: {a1: {when: every day 3000 times}, a2: {when: every day 3000 times, not-before: last a1}}",
        6000,
    ),
    "1,000 calls after the last of 1,000 visits": (
        row(1000, lambda k: f"item {k}: {{when: every day 10 times}}")
        + row(1000, lambda k: f"other {k}: {{when: 1 day after last visit}}", "calls"),
        11_000,
    ),
    "39,000 doses with a gap": ("visits: {it: {when: every day 39000 times, at-least: 1 day apart, at: 08:00}}", 39_000),
}


@pytest.mark.parametrize("body", LARGE)
def test_what_is_only_large_is_laid_out(body: str) -> None:
    text, events = LARGE[body]
    with Work() as work:
        assert len(plan(text).events) == events
    assert work.calls < MOST


@pytest.mark.parametrize("number", [39, 41, 1000])
def test_the_order_in_which_a_chain_is_written_changes_nothing(number: int) -> None:
    dates = [sorted((event.item, event.date) for event in plan(chain(number, backwards=way)).events) for way in (False, True)]
    assert dates[0] == dates[1]


def test_a_horizon_near_the_last_date_there_is_is_a_horizon_like_another() -> None:
    events = plan(one("every 6 months until stop", "events: [stop]\n"), horizon=date(2200, 12, 31)).events
    assert events[-1].date == date(2200, 7, 4)
