"""What this version does not lay out is refused by its name, never ignored: a line here goes when its construct comes."""

import pytest

from tests.expand.laying import laid_out, refusals

FLAGS = "flags: [diabetic]\n"
DOSE = "doses: {other: {give: 1 mg PO, when: days 1-3}, it: {give: 1 mg PO, when: day 1"

UNBUILT = {
    "except": DOSE + ", except: other}}",
    "only-if": FLAGS + DOSE + ", only-if: diabetic}}",
    "not-before": DOSE + ", not-before: day 3}}",
    "product": DOSE + ", product: a box}}",
    "round": DOSE + ", round: 5 mg}}",
    "max-dose": DOSE + ", max-dose: 5 mg}}",
    "cohort-plans": DOSE + "}}\ncohort-plans: {escalation: {places: {sentinels 1-2: {when: day 1}}}}",
    "every open day 30 times": "visits: {it: {when: every open day 30 times}}",
    "3 open days after day 1": "visits: {it: {when: 3 open days after day 1}}",
    "24 hours after day 1": "visits: {it: {when: 24 hours after day 1}}",
    "last other": DOSE + "}}\nvisits: {end: {when: last other}}",
    "end of each other course": DOSE + "}}\nvisits: {end: {when: end of each other course}}",
    "7 days after each other": DOSE + "}}\nvisits: {end: {when: 7 days after each other}}",
    "first 1 day of each late other course": DOSE + "}}\nvisits: {end: {when: first 1 day of each late other course}}",
    "table first week": "tables: {first week: {day 1: 1 mg PO}}\ndoses: {it: {give: table first week, when: day 1}}",
    "at breakfast": "doses: {it: {give: {at breakfast: 1 mg PO, at dinner: 2 mg PO}, when: day 1, at: [breakfast, dinner]}}",
    "1 to 3 days after last other": DOSE + "}}\nvisits: {end: {when: day 3, window: 1 to 3 days after last other}}",
}


@pytest.mark.parametrize("words", UNBUILT)
def test_what_is_not_laid_out_is_refused_by_name(words: str) -> None:
    found = refusals(UNBUILT[words], timezone="Europe/Berlin", times={"breakfast": "08:00", "dinner": "18:00"})
    assert {diagnostic.name for diagnostic in found} == {"not-built"}
    assert any("is not laid out by this version" in diagnostic.message for diagnostic in found)
    assert all(diagnostic.path for diagnostic in found)


def test_the_rest_of_these_regimens_is_laid_out() -> None:
    assert len(laid_out(DOSE + "}}").events) == 4
