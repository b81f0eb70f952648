"""What this version does not lay out is refused by its name, never ignored: a line here goes when its construct comes."""

import pytest

from tests.expand.laying import laid_out, refusals

DOSE = "doses: {other: {give: 1 mg PO, when: days 1-3}, it: {give: 1 mg PO, when: day 1"

UNBUILT = {
    "1 month apart": DOSE + ", at-least: 1 month apart}}",
    "2 open days apart": DOSE + ", at-least: 2 open days apart}}",
    "09:00 every 30 minutes": DOSE + ", at: 09:00 every 30 minutes}}",
}


@pytest.mark.parametrize("words", UNBUILT)
def test_what_is_not_laid_out_is_refused_by_name(words: str) -> None:
    found = refusals(UNBUILT[words], timezone="Europe/Berlin")
    assert {diagnostic.name for diagnostic in found} == {"not-built"}
    assert all(f"`{words}` is not laid out by this version" in diagnostic.message for diagnostic in found)
    assert all(diagnostic.path for diagnostic in found)


def test_the_rest_of_these_regimens_is_laid_out() -> None:
    assert len(laid_out(DOSE + "}}").events) == 4
