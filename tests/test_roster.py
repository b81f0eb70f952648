"""Cohort plans: where a group waits, when the next cohort starts, what a review is, and what a roster is refused for."""

from datetime import date, time
from decimal import Decimal

import pytest

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.dose import Amount
from dosecal.participant import ALWAYS_OPEN, Cohort, Participant, Roster, Site
from dosecal.roster import Rostered, lay_out_roster
from tests.expand.laying import regimen, zone

DAY_1 = date(2027, 1, 4)
WEEKDAYS_ONLY = Site(weekend=frozenset({"Sat", "Sun"}))
NEVER_CLOSED = Site()
BODY = """doses: {drug: {give: 1 mg IV, when: day 1, at: place}}
visits: {Day 8 visit: {when: day 8}}
cohort-plans:
  escalation:
    places:
      sentinels 1-2: {when: day 1, at: 09:00 every 30 minutes}
      others 3-4: {when: 1 day after last sentinels, at: 09:30}
    reviews: {safety review: {when: 2 open days after last Day 8 visit}}
    next: first Mon on or after 3 days after safety review
"""
NEXT = BODY.splitlines(keepends=True)[-1]


def rostered(
    body: str, *cohorts: tuple[str, ...], site: Site = WEEKDAYS_ONLY, timezone: str = "UTC", people: dict[str, Participant] | None = None
) -> Rostered:
    plan = regimen(body).cohort_plans
    named = tuple(Cohort(plan[0].name, places) for places in cohorts)
    roster = Roster(day_1=DAY_1, zone=zone(timezone), cohorts=named, participants=people or {})
    return lay_out_roster(regimen(body), roster, site)


def starts(laid: Rostered) -> dict[str, tuple[date, time | None]]:
    """Everyone's Day 1, and the clock time of their dose."""
    doses = {identity: next(event for event in one.events if event.item == "drug") for identity, one in laid.by_id.items()}
    return {
        identity: (laid.by_id[identity].day_1, dose.clock.local.time() if dose.clock is not None else None)
        for identity, dose in doses.items()
    }


def refusals(body: str, *cohorts: tuple[str, ...], site: Site = WEEKDAYS_ONLY) -> tuple[Diagnostic, ...]:
    with pytest.raises(Refused) as refused:
        rostered(body, *(cohorts or (("A", "B", "C", "D"),)), site=site)
    return refused.value.diagnostics


# -- places


def test_a_group_waits_for_the_one_before_it() -> None:
    laid = rostered(BODY, ("A", "B", "C", "D"))
    assert starts(laid) == {
        "A": (DAY_1, time(9)),
        "B": (DAY_1, time(9, 30)),
        "C": (date(2027, 1, 5), time(9, 30)),
        "D": (date(2027, 1, 5), time(9, 30)),
    }


def not_before(point: str, at: str = "09:00") -> str:
    return BODY.replace("at: 09:30}", f"at: {at}, not-before: {point}}}")


def test_a_group_that_would_come_too_early_goes_to_the_next_day_at_its_own_time() -> None:
    # The second sentinel's 24 hours end at 09:30, so 09:00 on the next day is half an hour too early.
    laid = rostered(not_before("24 hours after last sentinels"), ("A", "B", "C", "D"))
    assert starts(laid)["C"] == starts(laid)["D"] == (date(2027, 1, 6), time(9))
    laid = rostered(not_before("24 hours after last sentinels", "09:30"), ("A", "B", "C", "D"))
    assert starts(laid)["C"] == (date(2027, 1, 5), time(9, 30))


def test_the_latest_of_several_earliest_dates_counts() -> None:
    laid = rostered(not_before("[24 hours after last sentinels, 5 days after first sentinels]"), ("A", "B", "C", "D"))
    assert starts(laid)["C"] == (date(2027, 1, 9), time(9))


def test_24_hours_are_elapsed_time_where_the_clocks_change() -> None:
    # 2027-03-27 to 28, Berlin: the night has 23 hours, so 24 hours after 09:00 it is 10:00.
    body = not_before("24 hours after last sentinels", "09:30").replace("09:00 every 30 minutes", "09:00")
    named = (Cohort("escalation", ("A", "B", "C", "D")),)
    laid = lay_out_roster(regimen(body), Roster(day_1=date(2027, 3, 27), zone=zone("Europe/Berlin"), cohorts=named), NEVER_CLOSED)
    assert starts(laid)["C"] == (date(2027, 3, 29), time(9, 30))


def test_places_go_in_the_order_in_which_the_roster_names_them() -> None:
    laid = rostered(BODY, ("D", "B", "C", "A"))
    assert starts(laid)["D"] == (DAY_1, time(9))
    assert starts(laid)["A"] == (date(2027, 1, 5), time(9, 30))


def test_a_group_without_a_clock_time_lies_on_its_day() -> None:
    body = "doses: {drug: {give: 1 mg IV, when: day 1}}\ncohort-plans: {plan: {places: {all 1-2: {when: day 3}}}}"
    assert starts(rostered(body, ("A", "B"))) == {"A": (date(2027, 1, 6), None), "B": (date(2027, 1, 6), None)}


def test_what_is_known_of_a_participant_goes_with_their_place() -> None:
    body = BODY.replace("1 mg IV", "{cohort 1: 2 mg/kg IV, cohort 2: 3 mg/kg IV}")
    ids = [("A", "B", "C", "D"), ("E", "F", "G", "H")]
    people = {
        identity: Participant(day_1=DAY_1, measures={"weight": Amount(Decimal(weight), "kg")})
        for identity, weight in zip("ABCDEFGH", range(61, 69), strict=True)
    }
    laid = rostered(body, *ids, people=people)
    doses = [(event.subject, event.dose.amount) for event in laid.everyone.events if event.dose is not None]
    wanted = {"A": 122, "B": 124, "C": 126, "D": 128, "E": 195, "F": 198, "G": 201, "H": 204}
    assert dict(doses) == {identity: Amount(Decimal(value), "mg") for identity, value in wanted.items()}


# -- reviews, and the next cohort


def test_a_review_is_an_event_of_the_cohort_and_of_no_participant() -> None:
    laid = rostered(BODY, ("A", "B", "C", "D"))
    (review,) = [event for event in laid.everyone.events if event.subject is None]
    # Day 8 of the others is Tue 01-12; two open days on is Thu 01-14.
    assert (review.item, review.date, review.kind, review.key) == (
        "safety review",
        date(2027, 1, 14),
        "other",
        "escalation/cohort 1/safety review",
    )
    assert review.study_day == 11
    assert all(event.item != "safety review" for one in laid.by_id.values() for event in one.events)


def test_a_review_may_wait_for_another() -> None:
    body = BODY.replace("{safety review: {when: 2 open", "{data cut: {when: 1 day after last Day 8 visit}, safety review: {when: 2 open")
    body = body.replace("after last Day 8 visit}}", "after data cut}}")
    laid = rostered(body, ("A", "B", "C", "D"))
    assert {event.item: event.date for event in laid.everyone.events if event.subject is None} == {
        "data cut": date(2027, 1, 13),
        "safety review": date(2027, 1, 15),
    }


def test_the_next_cohort_starts_where_the_plan_says() -> None:
    laid = rostered(BODY, ("A", "B", "C", "D"), ("E", "F", "G", "H"), ("I", "J", "K", "L"))
    # Review Thu 01-14, three days on Sun 01-17, so Mon 01-18; then the same again, 14 days later each.
    assert [starts(laid)[one][0] for one in "AEI"] == [DAY_1, date(2027, 1, 18), date(2027, 2, 1)]
    assert starts(laid)["G"] == (date(2027, 1, 19), time(9, 30))
    assert [event.key for event in laid.everyone.events if event.subject is None] == [
        f"escalation/cohort {number}/safety review" for number in (1, 2, 3)
    ]


def test_every_closing_day_of_the_site_that_a_review_crosses_moves_what_follows() -> None:
    closed = Site(weekend=frozenset({"Sat", "Sun"}), closed=frozenset({date(2027, 1, 13), date(2027, 1, 14)}))
    laid = rostered(BODY, ("A", "B", "C", "D"), ("E", "F", "G", "H"), site=closed)
    # Fri 01-15 and Mon 01-18 are the two open days; three days on is Thu 01-21, so Mon 01-25.
    assert starts(laid)["E"][0] == date(2027, 1, 25)


def test_everyones_schedule_holds_each_participants_events_once_each() -> None:
    laid = rostered(BODY, ("A", "B", "C", "D"), ("E", "F", "G", "H"))
    for identity, own in laid.by_id.items():
        theirs = [event for event in laid.everyone.events if event.subject == identity]
        assert [event.key for event in theirs] == [event.key for event in own.events]
        assert all(event.subject is None for event in own.events)
        assert own.participant == identity
    dates = [(event.date, event.clock.local if event.clock is not None else None) for event in laid.everyone.events]
    assert [day for day, _ in dates] == sorted(day for day, _ in dates)
    assert len(dates) == 8 * 2 + 2


# -- refused


@pytest.mark.parametrize("places", [("A",), ("A", "B", "C"), ("A", "B", "C", "D", "E")])
def test_a_cohort_has_as_many_participants_as_its_plan_has_places(places: tuple[str, ...]) -> None:
    (only,) = refusals(BODY, ("A", "B", "C", "D"), places)
    assert (only.name, only.path) == ("places", ("cohorts", 1, "places"))
    assert only.message.startswith(f"cohort 2 names {len(places)} participant")


def test_every_cohort_that_does_not_fit_is_named() -> None:
    assert [one.path for one in refusals(BODY, ("A",), ("B",))] == [("cohorts", 0, "places"), ("cohorts", 1, "places")]


@pytest.mark.parametrize("numbers", ["4-5", "2-4", "4"])
def test_places_are_numbered_without_gaps_and_each_once(numbers: str) -> None:
    (only,) = refusals(BODY.replace("others 3-4", f"others {numbers}"))
    assert (only.name, only.path) == ("places", ("cohort-plans", "escalation", "places"))


def test_a_plan_that_the_regimen_has_not_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        lay_out_roster(regimen(BODY), Roster(day_1=DAY_1, zone=zone("UTC"), cohorts=(Cohort("expansion", ("A",)),)))
    assert [(one.name, one.path) for one in refused.value.diagnostics] == [("plan", ("cohorts", 0, "plan"))]


def test_a_second_cohort_needs_a_plan_that_says_when_it_starts() -> None:
    body = BODY.replace(NEXT, "")
    assert len(rostered(body, ("A", "B", "C", "D")).by_id) == 4
    (only,) = refusals(body, ("A", "B", "C", "D"), ("E", "F", "G", "H"))
    assert (only.name, only.path) == ("no-start", ("cohort-plans", "escalation", "next"))


def test_the_plan_before_is_the_one_that_lacks_the_start() -> None:
    body = BODY.replace(NEXT, "  expansion: {places: {all 1: {when: day 1, at: 09:00}}}\n")
    cohorts = (Cohort("escalation", ("A", "B", "C", "D")), Cohort("expansion", ("E",)))
    with pytest.raises(Refused) as refused:
        lay_out_roster(regimen(body), Roster(day_1=DAY_1, zone=zone("UTC"), cohorts=cohorts), WEEKDAYS_ONLY)
    assert [one.path for one in refused.value.diagnostics] == [("cohort-plans", "escalation", "next")]


GROUP = ("cohort-plans", "escalation", "places", "others 3-4")
REVIEW = ("cohort-plans", "escalation", "reviews", "safety review")
WRONG = {
    "a group with several dates": ("1 day after last sentinels", "days 2 3", "several", (*GROUP, "when")),
    "a group with a course": ("1 day after last sentinels", "day 2 for 3 days", "several", (*GROUP, "when")),
    "a group with a list of dates": ("1 day after last sentinels", "[day 2, day 3]", "several", (*GROUP, "when")),
    "a group that follows each of several": ("1 day after last sentinels", "1 day after each sentinels", "several", (*GROUP, "when")),
    "a group that waits for itself": ("1 day after last sentinels", "1 day after last others", "no-start", (*GROUP, "when")),
    "a group with two clock times": ("at: 09:30}", "at: [09:30, 10:00]}", "several", (*GROUP, "at")),
    "a group at a participant's own time": ("at: 09:30}", "at: breakfast}", "time", (*GROUP, "at")),
    "places beyond midnight": ("at: 09:30}", "at: 23:30 every 30 minutes}", "time", (*GROUP, "at")),
    "a review on several dates": ("2 open days after last Day 8 visit", "days 8 15", "several", (*REVIEW, "when")),
    "a review that repeats": ("2 open days after last Day 8 visit", "every day for 3 days", "several", (*REVIEW, "when")),
    "a review with a length": ("2 open days after last Day 8 visit", "day 15 for 2 days", "several", (*REVIEW, "when")),
    "a review after each visit": ("after last Day 8 visit", "after each Day 8 visit", "several", (*REVIEW, "when")),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_group_and_a_review_have_one_date_and_a_place_one_time(what: str) -> None:
    before, after, name, path = WRONG[what]
    assert BODY.count(before) == 1
    (only,) = refusals(BODY.replace(before, after))
    assert (only.name, only.path) == (name, path)


def test_what_is_missing_of_a_participant_is_said_with_their_id() -> None:
    (only,) = refusals(BODY.replace("1 mg IV", "1 mg/kg IV"))
    assert (only.name, only.path) == ("no-measure", ("doses", "drug", "give"))
    assert only.message.startswith("A: `1 mg/kg IV` needs the participant's weight")


def test_what_is_wrong_with_the_regimen_names_no_participant() -> None:
    (only,) = refusals(BODY.replace("1 mg IV", "{cohort 2: 1 mg IV}"))
    assert (only.name, only.message, only.path) == (
        "step-gap",
        "no step of `give` covers day 1 of cohort 1 at place",
        ("doses", "drug", "give"),
    )


def test_open_days_of_a_site_that_nobody_described_are_refused() -> None:
    (only,) = refusals(BODY, site=ALWAYS_OPEN)
    assert (only.name, only.path) == ("no-site", (*REVIEW, "when"))
