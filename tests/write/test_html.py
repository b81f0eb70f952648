"""The schedule as one page of HTML to print and sign."""

from datetime import date, time, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal import __version__
from dosecal.diagnostic import Diagnostic
from dosecal.schedule import Schedule
from dosecal.study_time import Window, Zone
from dosecal.write.html import write
from tests.write.schedules import DAY_1, ZONE, at, dose, event, interferon_arm, schedule

VOID = {"meta"}
HARMLESS_TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr",
    "th", "td", "span", "small", "p", "ul", "li", "footer",
}  # fmt: skip


class Page(HTMLParser):
    """What a browser would see: the tags in order with their attributes, the texts, and that every tag is closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def course() -> Schedule:
    """A screening visit, an infusion with a test on Day 1, and a test with a window a month later."""
    window = Window(date(2026, 1, 29), date(2026, 2, 12))
    return schedule(
        event("screening", date(2025, 12, 22), "visits"),
        event(
            "alemtuzumab", DAY_1, month=0, course_days=5, clock=at(DAY_1, time(10)), lasts=timedelta(hours=4), dose=dose("12", "mg", "IV")
        ),
        event("blood test", DAY_1, "labs", month=0),
        event("blood test", date(2026, 2, 5), "labs", month=1, window=window, flags=("late",)),
        participant="1042",
        arm="alemtuzumab-12",
        zone=ZONE,
        notes=(Diagnostic("no-site", "no closing days are known <here>", severity="note"),),
    )


def test_the_table_says_everything_of_every_day_and_has_a_cell_to_sign() -> None:
    assert Page(write(course())).rows == [
        ["CARE-MS II · alemtuzumab-12 · 1042"],
        ["Date", "Study day", "Month", "Time", "What", "Dose", "Window", "Done: initials and date"],
        ["Mon 22 Dec 2025", "Day -14", "", "", "screening", "", "", ""],
        ["Mon 5 Jan 2026", "Day 1", "Month 0", "10:00", "alemtuzumab, day 1 of 5 lasts 4 hours", "12 mg intravenous", "", ""],
        ["", "", "", "blood test", "", "", ""],
        ["Thu 5 Feb 2026", "Day 32", "Month 1", "", "blood test late", "", "29 Jan – 12 Feb 2026", ""],
    ]


def test_the_heading_says_whose_schedule_it_is() -> None:
    page = Page(write(course()))
    text = "".join(page.texts)
    for name, value in (
        ("Study", "CARE-MS II"),
        ("Arm", "alemtuzumab-12"),
        ("Participant", "1042"),
        ("Day 1", "Monday 5 January 2026"),
        ("Time zone", "America/Los_Angeles"),
    ):
        assert f"{name}{value}" in text
    assert "Visit schedule – CARE-MS II – 1042" in text


def test_the_page_carries_its_versions_counts_and_notes() -> None:
    text = "".join(Page(write(course())).texts)
    assert f"dosecal {__version__}, zone data 2026f" in text
    assert "1 dose, 2 labs, 1 visit" in text
    assert "alemtuzumab: 1 dose, 12 mg in all" in text
    assert "no closing days are known <here>" in text
    assert {"name": "generator", "content": f"dosecal {__version__}"} in Page(write(course())).named("meta")


def test_a_folded_run_is_one_row_that_says_its_days_last_date_and_count() -> None:
    page = Page(write(interferon_arm(), fold=True))
    assert len(page.rows) == 2 + 1 + 32
    assert page.rows[2] == [
        "Mon 5 Jan 2026",
        "Day 1",
        "Month 0",
        "interferon beta-1a Mon Wed Fri until 3 January 2028, 313 doses",
        "44 micrograms subcutaneous",
        "",
        "at home",
    ]
    assert "313 doses, 24 labs, 8 assessments" in page.texts


def test_unfolded_every_dose_has_its_row() -> None:
    assert len(Page(write(interferon_arm())).rows) == 2 + 345


def test_the_table_is_one_for_screen_readers_too() -> None:
    page = Page(write(course()))
    assert page.named("html") == [{"lang": "en"}]
    assert len(page.named("caption")) == 1
    headers = page.named("th")
    assert [header["scope"] for header in headers] == ["col"] * 8 + ["rowgroup"] * 3
    assert [header.get("rowspan") for header in headers[8:]] == [None, "2", None]
    assert len(page.named("tbody")) == 3
    assert len(page.named("h1")) == 1


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    text = write(course())
    page = Page(text)
    assert {tag for tag, _ in page.tags} <= HARMLESS_TAGS
    assert {name for _, attributes in page.tags for name in attributes} <= {
        "lang", "charset", "http-equiv", "content", "name", "class", "scope", "colspan", "rowspan",
    }  # fmt: skip
    for outside in ("http:", "https:", "url(", "@import", "//"):
        assert outside not in text


def test_a_day_is_kept_on_one_page_and_the_header_is_repeated() -> None:
    text = write(course())
    assert "tbody, tr { break-inside: avoid; }" in text
    assert "thead { display: table-header-group; }" in text
    assert "size:" not in text.split("@page {")[1].split("@bottom")[0]  # A4 or Letter is the printer's choice


HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'--></style><b>", "&lt;&amp;", "</title><h1>", "]]>", "<!-- x"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_file_can_become_markup(text: str) -> None:
    def everywhere(name: str) -> Schedule:
        return schedule(
            event(name, DAY_1, phase=name, flags=(name, f"moved-from:{name}"), dose=dose()),
            study=name,
            arm=name,
            participant=name,
            zone=Zone(name, ZONE.rules, name),
            notes=(Diagnostic("x", name),),
        )

    plain, hostile = Page(write(everywhere("x"))), Page(write(everywhere(text)))
    assert hostile.tags == plain.tags
    assert sum(text in shown for shown in hostile.texts) >= 10


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(derandomize=True, deadline=None)
def test_any_text_leaves_the_structure_of_the_page_alone(text: str) -> None:
    plain, any_text = (
        Page(write(schedule(event(f"a{name}", DAY_1, phase=f"b{name}", flags=(f"c{name}",)), study=f"d{name}"))) for name in ("", text)
    )
    assert any_text.tags == plain.tags


def test_a_schedule_without_events_is_a_page_that_says_so() -> None:
    page = Page(write(schedule()))
    assert page.named("table") == []
    assert "No events." in page.texts
