"""`blinding` in a regimen: how it is read, which names it asks for, and what dates tell in spite of it."""

import pytest

from dosecal.blinding import revealed_to
from dosecal.check import check
from dosecal.read.nodes import read_document
from dosecal.read.regimen import read_regimen
from dosecal.regimen import Audience, Blinding, Regimen

DRUG = "study drug: {give: 10 mg IV, when: days 1 15}"
TWICE = "study drug: {give: 20 mg IV, when: days 1 15}"
TABLETS = "study tablets: {give: placebo PO, when: every day for 7 days}"


def regimen(blinding: str, *arms: str, rest: str = "") -> Regimen:
    """A regimen with the doses of each arm, which are called A, B, C."""
    own = "".join(f"  {name}: {{doses: {{{arm}}}}}\n" for name, arm in zip("ABC", arms, strict=False))
    text = f"format: dosecal/1\nstudy: S\nsource: made up\nblinding: {blinding}\n{'arms:' if own else ''}\n{own}{rest}"
    return read_regimen(read_document("x.yaml", text.encode())).regimen


def said(blinding: str, *arms: str, rest: str = "") -> list[tuple[str, str]]:
    """What checking such a regimen finds: names and messages."""
    return [(one.name, one.message) for one in check(regimen(blinding, *arms, rest=rest)).diagnostics]


def test_a_blinding_is_read_by_audience() -> None:
    assert regimen("{participant: dose, rater: treatment}", DRUG).blinding == Blinding(participant="dose", rater="treatment")
    assert [Blinding(site="arm").of(audience) for audience in ("participant", "site", "rater")] == [None, "arm", None]


@pytest.mark.parametrize("blinding", ["{site: arm}", "{site: dose}", "{site: treatment}", "{participant: treatment, rater: arm}"])
def test_arms_that_differ_in_amounts_alone_are_well_blinded_but_for_a_site_that_sees_amounts(blinding: str) -> None:
    found = said(blinding, DRUG, TWICE)
    if blinding == "{site: arm}":
        words = "what the site may see tells `A` from `B`: `study drug` 10 mg intravenous against 20 mg intravenous"
        assert found == [("arms-differ", words)]
    else:
        assert found == []


def test_a_regimen_without_arms_may_hide_its_doses() -> None:
    assert said("{participant: dose, site: treatment}", rest=f"doses: {{{DRUG}}}\n") == []


def test_a_hidden_dose_lets_arms_with_other_dates_name_what_they_give() -> None:
    assert [name for name, _ in said("{site: dose}", DRUG, TWICE, TABLETS)] == ["arms-differ"]


def test_a_hidden_treatment_does_not() -> None:
    assert said("{site: treatment}", DRUG, TWICE, TABLETS) == [
        ("blinded-name", "the site may not know the treatment, but `C` has `study tablets` where `A` has `study drug`")
    ]


def test_an_arm_without_the_treatment_of_the_others_is_told() -> None:
    assert said("{participant: treatment}", f"{DRUG}, {TABLETS}", DRUG) == [
        ("blinded-name", "the participant may not know the treatment, but `B` has no `study tablets`")
    ]


def test_an_arm_with_more_than_the_others_is_told() -> None:
    assert said("{participant: treatment}", DRUG, f"{DRUG}, {TABLETS}") == [
        ("blinded-name", "the participant may not know the treatment, but only `B` has `study tablets`")
    ]


def test_what_only_a_rater_may_not_know_may_have_any_name() -> None:
    assert said("{rater: treatment}", DRUG, TABLETS) == []


def test_the_strictest_of_participant_and_site_decides_over_names() -> None:
    assert said("{participant: arm, site: dose}", DRUG, TWICE.replace("study drug", "drug 20"))[0] == (
        "blinded-name",
        "the site may not know the dose, but on 2026-01-05 `B` has `drug 20` where `A` has `study drug`",
    )


def test_equal_dates_with_and_without_clock_times_are_not_equal() -> None:
    at_nine = DRUG.replace("days 1 15", "days 1 15, at: 09:00")
    assert said("{site: dose}", f"{DRUG}, x: {{give: 1 mg PO, when: day 1, at: 09:00}}", f"{at_nine}, x: {{give: 1 mg PO, when: day 1}}")[
        0
    ] == (
        "arms-differ",
        "what the site may see tells `A` from `B`: `study drug` at no time of day against 09:00, `x` at 09:00 against no time of day",
    )


def test_a_rater_is_told_apart_from_the_others_where_tests_differ() -> None:
    arms = ("study drug: {give: 10 mg IV, when: days 1 15}", "study drug: {give: 10 mg IV, when: days 1 22}")
    labs = "labs: {CBC: {when: 1 day after last study drug}}\n"
    drug, test = "`study drug` on Day 15 against Day 22", "`CBC` on Day 16 against Day 23"
    assert said("{site: treatment, rater: treatment}", *arms, rest=labs) == [
        ("arms-differ", f"what the site may see tells `A` from `B`: {drug}, {test}"),
        ("arms-differ", f"what the rater may see tells `A` from `B`: {test}"),
    ]


@pytest.mark.parametrize(("audience", "notes"), [("participant", 1), ("site", 0), ("rater", 0)])
def test_an_export_says_what_tells_only_to_an_audience_that_is_blinded(audience: Audience, notes: int) -> None:
    assert len(revealed_to(regimen("{participant: dose}", DRUG, TABLETS), audience)) == notes


def test_arms_that_cannot_be_laid_out_for_a_reference_participant_are_not_compared() -> None:
    two_days = "study drug: {give: 10 20 30 mg IV, when: day 1 for 2 days}"
    assert revealed_to(regimen("{site: dose}", DRUG, two_days), "site") == ()
