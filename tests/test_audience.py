"""What an audience sees of a schedule: hidden doses, arms and treatment, whatever stands in it."""

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal.audience import hidden_from, seen
from dosecal.diagnostic import Diagnostic, Place
from dosecal.dose import Dose, dose_in_words
from dosecal.regimen import Audience, Blinding, Hidden, Section
from dosecal.schedule import Event, Schedule
from dosecal.write import json as json_format
from tests.write.schedules import DAY_1, dose, event, schedule

AUDIENCES: tuple[Audience, ...] = get_args(Audience)
HIDDEN: tuple[Hidden | None, ...] = (None, *get_args(Hidden))
SECTIONS: tuple[Section, ...] = get_args(Section)
TELLING = {
    "product": "bottle A",
    "reasons": ("day 1 of `day 1`", "entry 1: moved: 12 mg was too much"),
    "flags": ("moved-from:2026-01-04", "adjusted", "amount-differs"),
    "phase": "induction",
    "cycle": 2,
}


def given_dose(amount: str | None = "12", **fields: object) -> Event:
    return event("study drug", DAY_1, dose=dose(amount, "mg", "IV"), **(TELLING | fields))


def whole(*events: Event) -> Schedule:
    gone = tuple(replace(one, key=f"{one.key} gone") for one in events)
    return schedule(*events, arm="high", participant="1042", absent=gone, beyond=gone)


def test_a_site_from_which_nothing_is_hidden_sees_everything() -> None:
    assert seen(whole(given_dose()), "site", None) == whole(given_dose())


def test_a_hidden_arm_leaves_the_dose() -> None:
    shown = seen(whole(given_dose()), "site", "arm")
    assert shown == replace(whole(given_dose()), arm=None)


@pytest.mark.parametrize("hidden", ["dose", "treatment"])
def test_a_hidden_dose_leaves_its_route_its_date_and_what_else_is_no_secret(hidden: Hidden) -> None:
    [shown] = seen(whole(given_dose()), "site", hidden).events
    assert shown == event("study drug", DAY_1, dose=Dose(None, "IV", "route"), flags=("moved-from:2026-01-04",), phase="induction", cycle=2)
    assert dose_in_words(shown.dose or dose()) == "intravenous"


@pytest.mark.parametrize("audience", ["participant", "site"])
@pytest.mark.parametrize(
    "other", [given_dose("24"), given_dose(None), given_dose(product="bottle B"), given_dose(reasons=("a",), flags=TELLING["flags"][:1])]
)
def test_amount_placebo_product_reasons_and_adjustments_make_no_difference_to_the_blinded(audience: Audience, other: Event) -> None:
    assert seen(whole(other), audience, "dose") == seen(whole(given_dose()), audience, "dose")


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_participant_sees_no_arm_dose_product_phase_or_reason_whatever_is_declared(hidden: Hidden | None) -> None:
    shown = seen(whole(given_dose()), "participant", hidden)
    assert shown.arm is None
    for [one] in (shown.events, shown.absent, shown.beyond):
        assert one == event("study drug", DAY_1, key=one.key, dose=Dose(None, "IV", "nothing"), flags=("moved-from:2026-01-04",))
        assert dose_in_words(one.dose or dose()) == ""


def test_a_hidden_dose_is_no_placebo_in_data() -> None:
    placebo, hidden = (json_format.write(schedule(one)) for one in (given_dose(None), event("x", DAY_1, dose=Dose(None, "IV", "route"))))
    assert '"dose": {"amount": null, "unit": null, "route": "IV"}' in placebo
    assert '"dose": {"route": "IV", "hidden": true}' in hidden


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("section", ["doses", "medicines"])
def test_promise_17_a_rater_sees_no_treatment_also_none_that_was_cancelled(section: Section, hidden: Hidden | None) -> None:
    shown = seen(
        whole(event("drug", DAY_1, section, dose=dose()), event("blood test", DAY_1, "labs")),
        "rater",
        hidden_from("rater", [Blinding(rater=hidden)]),
    )
    assert {one.item for one in (*shown.events, *shown.absent, *shown.beyond)} == {"blood test"}
    assert shown.arm is None


def test_the_order_in_which_an_arm_lists_its_items_makes_no_difference_to_the_blinded() -> None:
    events = [event(item, DAY_1, "labs") for item in ("b", "a", "c")]
    assert seen(schedule(*events), "site", "arm") == seen(schedule(*reversed(events)), "site", "arm")


def test_notes_show_the_blinded_no_line_of_an_arm_and_a_rater_none_on_treatment() -> None:
    place = Place("x.yaml", 7, 1, 3, "  high: ...")
    of_drug, of_lab, of_record = (
        Diagnostic("closed", words, None, "note", place, path)
        for words, path in (("drug", ("arms", "high", "doses", "labs", "when")), ("lab", ("labs", "CBC")), ("entry", ("record", 0)))
    )
    told = schedule(notes=(of_drug, of_lab, of_record))
    assert [(note.message, note.place) for note in seen(told, "site", "dose").notes] == [
        ("drug", None),
        ("entry", None),
        ("lab", None),
    ]  # by their words: an arm's order would tell it
    assert [(note.message, note.place) for note in seen(told, "rater", "treatment").notes] == [("lab", None)]


# -- what is hidden from whom


def test_the_strictest_version_of_the_protocol_decides() -> None:
    versions = [Blinding(site="arm"), Blinding(), Blinding(site="treatment", participant="dose"), Blinding(site="dose")]
    assert hidden_from("site", versions) == "treatment"
    assert hidden_from("participant", versions) == "dose"
    assert hidden_from("site", [Blinding()]) is None


@pytest.mark.parametrize("declared", HIDDEN)
def test_from_a_rater_treatment_is_always_hidden(declared: Hidden | None) -> None:
    assert hidden_from("rater", [Blinding(rater=declared)]) == "treatment"


# -- laws

events = st.builds(
    lambda number, section, amount, days, flags: event(
        f"item {number}",
        DAY_1 + timedelta(days),
        section,
        key=f"key {number}",
        dose=dose(amount, "mg", "PO") if section in ("doses", "medicines") else None,
        flags=flags,
        reasons=("why",),
    ),
    st.integers(0, 9),
    st.sampled_from(SECTIONS),
    st.sampled_from([None, "1", "20"]),
    st.integers(0, 3),
    st.sampled_from([(), ("adjusted",), ("late",)]),
)
schedules = st.lists(events, max_size=6, unique_by=lambda one: one.key).map(lambda found: whole(*sorted(found, key=lambda one: one.date)))


@given(schedules, st.sampled_from(AUDIENCES), st.sampled_from(HIDDEN))
@settings(derandomize=True, deadline=None)
def test_seeing_twice_is_seeing_once(laid: Schedule, audience: Audience, hidden: Hidden | None) -> None:
    once = seen(laid, audience, hidden_from(audience, [Blinding(**{audience: hidden})]))
    assert seen(once, audience, hidden_from(audience, [Blinding(**{audience: hidden})])) == once


@given(schedules, st.sampled_from(AUDIENCES), st.sampled_from(HIDDEN))
@settings(derandomize=True, deadline=None)
def test_no_date_key_or_route_is_changed_by_hiding(laid: Schedule, audience: Audience, hidden: Hidden | None) -> None:
    def facts(shown: Schedule) -> list[tuple[str, date, str | None]]:
        return sorted((one.key, one.date, one.dose and one.dose.route) for one in shown.events if audience != "rater" or one.dose is None)

    assert facts(seen(laid, audience, hidden_from(audience, [Blinding(**{audience: hidden})]))) == facts(laid)
