"""Plain items take no other way than the rest: asked one by one, their occurrences give the same events."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.expand import item
from tests.expand.laying import laid_out

BODIES = {
    "on weekdays": "doses: {it: {give: 44 mcg SC, when: 3 times weekly for 24 months, days: Mon Wed Fri, at-least: 48 hours apart}}",
    "by months": "labs: {it: {when: every month through month 24}, other: {title: a test, when: months 3 6}}",
    "courses": "doses: {it: {give: 12 mg IV, when: [month 0 for 5 days, month 12 for 3 days, day 9]}}",
    "in cycles": "phases: {treatment: {cycle: {length: 9 days, count: 4}, doses: {it: {give: placebo PO, when: days 1-5}}}}",
    "before day 1": "visits: {it: {when: days -14 -1 1 8}}",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@given(day_1=st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
@settings(derandomize=True, deadline=None, max_examples=20)
def test_a_plain_item_gives_what_its_occurrences_give_one_by_one(body: str, day_1: date) -> None:
    plain = laid_out(body, str(day_1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(item, "is_plain", lambda _: False)
        assert laid_out(body, str(day_1)) == plain
    assert plain.events
