"""How often a long record is laid out: bounds on calls, not on time, through the real engine as the command line uses it."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from dosecal.expand import expand
from dosecal.expand.bound import Bindings
from dosecal.follow import follow
from dosecal.participant import Participant
from dosecal.schedule import Schedule
from tests.expand.laying import item, regimen
from tests.record.replaying import participant

DAY_1 = date(2027, 1, 4)
HANDFUL = 5
BERLIN = "Europe/Berlin"


class Laid:
    """A participant of a repeated dose at 08:00, laid out with what is known of their entries; counts how often."""

    def __init__(self, when: str, **keys: str) -> None:
        self.regimen = regimen(item("doses", "it", give="10 mg PO", when=when, at="'08:00'", **keys))
        self.known = Bindings()
        self.calls = 0

    def __call__(self, one: Participant) -> Schedule:
        self.calls += 1
        return expand(self.regimen, one, known=self.known)

    def followed(self, entries: Iterable[str]) -> Schedule:
        return follow(participant(*entries, day_1=str(DAY_1), timezone=BERLIN), self, self.known.alone)


def given(days: int, said: str = "") -> list[str]:
    return [f"on: {DAY_1 + timedelta(day)}, given: it{said}" for day in range(days)]


@pytest.mark.parametrize("keys", [{}, {"at_least": "20 hours apart"}])
def test_300_doses_at_another_time_of_their_day_are_laid_out_a_handful_of_times(keys: dict[str, str]) -> None:
    lay = Laid("every day for 300 days", **keys)
    followed = lay.followed(given(300, ", at: '08:10'"))
    assert lay.calls <= HANDFUL
    assert [event.state for event in followed.events] == ["done"] * 300
    assert {event.revision for event in followed.events} == {1}  # each was changed by its own entry
    assert {f"{event.clock.local:%H:%M}" for event in followed.events if event.clock is not None} == {"08:10"}


def test_1000_doses_as_planned_are_laid_out_a_handful_of_times() -> None:
    lay = Laid("every day for 1000 days")
    followed = lay.followed(given(1000))
    assert lay.calls <= HANDFUL
    assert [event.state for event in followed.events] == ["done"] * 1000
    assert {event.revision for event in followed.events} == {0}


def test_300_doses_that_were_missed_are_laid_out_a_handful_of_times() -> None:
    lay = Laid("every day for 301 days")
    followed = lay.followed(f"on: {DAY_1 + timedelta(day)}, not-given: it" for day in range(300))
    assert lay.calls <= HANDFUL
    assert [event.state for event in followed.absent] == ["missed"] * 300
    assert [event.revision for event in followed.events] == [0]


def test_a_long_record_with_two_late_doses_is_laid_out_for_these_alone() -> None:
    # Two hundred, every other day, as planned but for two that are given a day late, on a day that the plan leaves free.
    lay = Laid("every 2 days for 400 days", count_from="plan")
    entries = [f"on: {DAY_1 + timedelta(2 * no)}, given: it" for no in range(200)]
    for no in (50, 150):
        entries[no] = f"on: {DAY_1 + timedelta(2 * no + 1)}, given: it, due: {DAY_1 + timedelta(2 * no)}"
    followed = lay.followed(entries)
    assert lay.calls <= HANDFUL + 2
    assert [no for no, event in enumerate(followed.events) if event.revision] == [50, 150]
