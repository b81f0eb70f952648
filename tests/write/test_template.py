"""The file of a regimen that has only begun: always valid, and so is every remark in it that holds a key or a value."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.check import check
from dosecal.phrases.amounts import parse_give
from dosecal.phrases.timing import parse_span, parse_when
from dosecal.phrases.words import Names
from dosecal.read.nodes import Mapping, Scalar, read_document
from dosecal.read.regimen import read_regimen
from dosecal.regimen import Phase, Regimen
from dosecal.write.template import Begun, BegunItem, BegunPhase, quoted, write_template

REMARK = re.compile(r"""^( *)# ( *(?:"[^"]*"|\w[\w ,-]*):(?: .*)?)$""")
"""A line that is a key once its `# ` is deleted. What only explains holds no colon."""
OTHER = re.compile(r"^( *[a-z-]+: )[^#]*? +# or: (.*)$")

GIVEN = ["12 mg IV", "75 mg/m2 IV", "2 units/kg SC", "1 tablet PO", "placebo inhaled", "AUC 5 IV"]
WHEN = ["day 1", "days 1-2", "every day 3 times", "every 2 days 3 times", "3 times weekly for 1 week", "every Mon 1 time"]
NAMES = ["drug A", "no", "12", "x: y", "# z", "[list]", "Dose é", "- dash", "true", "a, b", "'quoted'", "{x}", "ünder", "%", "null"]


@st.composite
def regimens(draw: st.DrawFn) -> Begun:
    """Any regimen that an author may begin: up to three arms, up to four phases of which the last may be open, doses and visits."""
    arms = tuple(draw(st.lists(st.sampled_from([*NAMES, "A", "B", "arm C"]), max_size=3, unique=True)))
    phases = tuple(draw(_phase(name)) for name in draw(st.lists(st.sampled_from(NAMES), max_size=4, unique=True)))
    phases = tuple(
        phase if number == len(phases) - 1 or (phase.length and (phase.count or not phase.cycles)) else _closed(phase)
        for number, phase in enumerate(phases)
    )
    first_cycles = next((number for number, phase in enumerate(phases) if phase.cycles), len(phases))
    day_1 = draw(st.sampled_from([None, *(phase.name for phase in phases[: first_cycles + 1])]))
    places = [None, *([phase.name for phase in phases] or arms)]
    items = tuple(
        BegunItem(
            name=name,
            place=draw(st.sampled_from(places)),
            give=parse_give(draw(st.sampled_from(GIVEN)), Names()).tree if draw(st.booleans()) else None,
            when=parse_when(draw(st.sampled_from(WHEN)), Names()).tree,
        )
        for name in draw(st.lists(st.sampled_from(NAMES), max_size=4, unique=True))
    )
    study, source = draw(st.sampled_from(NAMES)), draw(st.sampled_from([None, *NAMES]))
    return Begun(
        study=study,
        source=source,
        months=draw(st.sampled_from(["calendar", "28 days"])),
        arms=arms,
        phases=phases,
        day_1=day_1,
        items=items,
    )


@st.composite
def _phase(draw: st.DrawFn, name: str) -> BegunPhase:
    length = draw(st.sampled_from([None, "7 days", "14 days", "2 weeks", "3 months"]))
    if length is None:
        return BegunPhase(name=name)
    cycles = draw(st.booleans())
    count = draw(st.sampled_from([None, 1, 6])) if cycles else None
    return BegunPhase(name=name, length=parse_span(length, Names()).tree, cycles=cycles, count=count)


def _closed(phase: BegunPhase) -> BegunPhase:
    return BegunPhase(name=phase.name, length=parse_span("10 days", Names()).tree)


def read(text: str) -> Regimen:
    """The regimen in the text, which must be valid."""
    regimen = read_regimen(read_document("x.yaml", text.encode())).regimen
    assert [one for one in check(regimen).diagnostics if one.severity == "error"] == [], text
    return regimen


def without_remark_signs(text: str) -> Iterator[str]:
    """The text with each run of keys in remarks made live, one run at a time; then with all of them."""
    lines = text.splitlines()
    runs: list[list[int]] = []
    for number, line in enumerate(lines):
        if not REMARK.match(line):
            continue
        nested = runs and runs[-1][-1] == number - 1 and line.lstrip()[2:].startswith(" ")
        runs.append([*runs.pop(), number] if nested else [number])
    for live in (*runs, [number for run in runs for number in run]):
        yield "\n".join(REMARK.sub(r"\1\2", line) if number in live else line for number, line in enumerate(lines)) + "\n"


def with_other_values(text: str) -> Iterator[str]:
    """The text with each `or:` taken up, one at a time."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if OTHER.match(line):
            yield "\n".join([*lines[:number], OTHER.sub(r"\1\2", line), *lines[number + 1 :]]) + "\n"


def arms_and_phases(phases: tuple[Phase, ...]) -> list[tuple[str, object, int | None, bool]]:
    return [
        (one.name, one.lasts or (one.cycle.length if one.cycle else None), one.cycle.count if one.cycle else None, one.day_1_here)
        for one in phases
    ]


@settings(derandomize=True, deadline=None, max_examples=150)
@given(regimens())
def test_whatever_is_begun_is_valid_and_reads_back_as_it_was_meant(begun: Begun) -> None:
    regimen = read(write_template(begun))
    assert regimen.study == begun.study
    assert [arm.name for arm in regimen.arms] == list(begun.arms)
    first = begun.phases[0].name if begun.phases else None
    marked = None if begun.day_1 == first else begun.day_1
    assert arms_and_phases(regimen.phases) == [(one.name, one.length, one.count, one.name == marked) for one in begun.phases]
    items = [*regimen.items, *(item for arm in regimen.arms for item in arm.items), *(item for one in regimen.phases for item in one.items)]
    assert {item.name for item in items} == {item.name for item in begun.items}
    for item in begun.items:
        read_back = next(one for one in items if one.name == item.name)
        assert read_back.when == (item.when,)
        assert [step.value for step in read_back.give] == ([item.give] if item.give is not None else [])


@settings(derandomize=True, deadline=None, max_examples=60)
@given(regimens())
def test_every_key_in_a_remark_is_valid_where_it_stands(begun: Begun) -> None:
    text = write_template(begun)
    for live in without_remark_signs(text):
        read(live)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(regimens())
def test_every_other_value_in_a_remark_is_valid_in_its_line(begun: Begun) -> None:
    for other in with_other_values(write_template(begun)):
        read(other)


def test_the_remarks_are_there_to_be_tried() -> None:
    begun = Begun(
        study="S",
        arms=("A", "B"),
        phases=(BegunPhase(name="treatment", length=parse_span("21 days", Names()).tree, cycles=True, count=6),),
        items=(BegunItem(name="d", give=parse_give("75 mg/m2 IV", Names()).tree, when=parse_when("day 1", Names()).tree),),
    )
    text = write_template(begun)
    assert "        # at: 09:00" in text
    assert "# or: {arm A: 75 mg/m2 IV, arm B: placebo IV}" in text
    assert len(list(without_remark_signs(text))) == 7  # title, months, events, at, round, labs; all of them
    assert len(list(with_other_values(text))) == 2


def test_nothing_is_given_and_no_visit_is_made_that_nobody_asked_for() -> None:
    regimen = read(write_template(Begun(study="S", phases=(BegunPhase(name="p", length=parse_span("14 days", Names()).tree),))))
    assert regimen.items == ()
    assert [phase.items for phase in regimen.phases] == [()]


def test_a_file_is_short_and_its_lines_fit_a_page() -> None:
    phases = tuple(BegunPhase(name=name, length=parse_span("14 days", Names()).tree) for name in ("run-in", "treatment", "follow-up"))
    lines = write_template(Begun(study="S", phases=phases, day_1="treatment")).splitlines()
    assert len(lines) < 50
    assert max(map(len, lines)) <= 130


@pytest.mark.parametrize("text", ["CARE-MS II", "protocol 3.1, section 5", "NCT00548405", "run-in", "it's"])
def test_plain_texts_stand_unquoted(text: str) -> None:
    assert quoted(text) == text


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" "), min_size=1, max_size=60))
def test_any_text_comes_back_from_the_reader_as_it_was(text: str) -> None:
    root = read_document("x.yaml", f"a: {quoted(text)}\n{quoted('k ' + text)}: b  # remark\n".encode()).root
    assert isinstance(root, Mapping)
    (_, value), (key, _) = root.entries
    assert isinstance(value, Scalar)
    assert (value.text, key.text) == (text, "k " + text)
