"""A mould casts the very octets that icalendar writes for the same component, wherever its lines are folded."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Event

from dosecal.write.mould import DIGITS, END, START, UID, Fields, cast, clean, digits, hole, holed_text, mould_of, rendered, text, with_holes

FIELDS: Fields = (b"20260131", b"20260201", b"19700101T000000Z", b"19700101T000000Z", b"u" * 53, b"0", b"")


def with_digits(octets: bytes) -> Fields:
    return (*FIELDS[:6], octets)


def component(**values: str) -> Event:
    event = Event()
    for name, value in values.items():
        event.add(name, holed_text(value))
    return event


def test_a_component_without_holes_is_cast_as_it_is() -> None:
    plain = component(SUMMARY="Blood test")
    assert cast([mould_of(plain)], [FIELDS]) == b"BEGIN:VEVENT\r\nSUMMARY:Blood test\r\nEND:VEVENT\r\n"


def test_every_hole_takes_the_value_of_its_own_field() -> None:
    event = component(DTSTART=hole(START, 8), DTEND=hole(END, 8), UID=hole(UID, 53), SUMMARY="Visit " + hole(DIGITS, 1))
    expected = b"BEGIN:VEVENT\r\nSUMMARY:Visit 7\r\nDTSTART:20260131\r\nDTEND:20260201\r\nUID:" + b"u" * 53 + b"\r\nEND:VEVENT\r\n"
    assert cast([mould_of(event)], [with_digits(b"7")]) == expected


def test_events_stand_one_after_another_each_from_its_own_mould() -> None:
    visit, call = mould_of(component(DTSTART=hole(START, 8), SUMMARY="Visit")), mould_of(component(SUMMARY="Call " + hole(DIGITS, 2)))
    assert cast([visit, call, visit], [FIELDS, with_digits(b"12"), (b"20990101", *FIELDS[1:])]) == (
        b"BEGIN:VEVENT\r\nSUMMARY:Visit\r\nDTSTART:20260131\r\nEND:VEVENT\r\n"
        b"BEGIN:VEVENT\r\nSUMMARY:Call 12\r\nEND:VEVENT\r\n"
        b"BEGIN:VEVENT\r\nSUMMARY:Visit\r\nDTSTART:20990101\r\nEND:VEVENT\r\n"
    )


def test_no_events_are_no_octets() -> None:
    assert cast([], []) == b""


@pytest.mark.parametrize("before", range(50, 80))
def test_a_hole_that_a_fold_cuts_in_two_is_filled_across_the_fold(before: int) -> None:
    event = component(DESCRIPTION="x" * before + hole(DIGITS, 8) + "y")
    lines = cast([mould_of(event)], [with_digits(b"20260131")]).split(b"\r\n")
    assert b"".join(line.removeprefix(b" ") for line in lines[1:-2]) == b"DESCRIPTION:" + b"x" * before + b"20260131y"
    assert all(len(line) <= 75 for line in lines)
    if before == 55:
        # DESCRIPTION: and 55 letters are 67 octets; icalendar folds after the 74th.
        assert lines[1:3] == [b"DESCRIPTION:" + b"x" * 55 + b"2026013", b" 1y"]


TEXTS = st.text(max_size=200) | st.text(alphabet="0123456789 ,;:\\n\"^'", max_size=200)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(TEXTS)
@example("1" * 10_000)
@example("é1" * 100)
@example("\U0001f489" * 30 + "2026-01-31" * 20)
@example("\u200f\u202e12\u2066, ; \\ \n")
@example(",1;2\\3" * 40)
def test_a_text_cast_from_holes_is_the_text_icalendar_writes(words: str) -> None:
    direct = Event()
    direct.add("SUMMARY", text(words))
    holed = component(SUMMARY=with_holes(words))
    assert cast([mould_of(holed)], [with_digits(digits(words))]) == rendered(direct)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(TEXTS)
@example("C:\\New\\n, \\\\N")
@example("a\\N" * 60)
def test_rule_3_every_text_comes_back_when_it_is_unfolded_and_unescaped(words: str) -> None:
    lines = rendered(component(SUMMARY=clean(words))).split(b"\r\n")
    assert (lines[0], lines[-2:]) == (b"BEGIN:VEVENT", [b"END:VEVENT", b""])
    assert all(line.startswith(b" ") for line in lines[2:-2])
    value = b"".join([lines[1], *(line[1:] for line in lines[2:-2])]).decode().removeprefix("SUMMARY:")
    assert unescaped(value) == clean(words)


def unescaped(value: str) -> str:
    """RFC 5545 3.3.11, read from left to right; anything else after a backslash, or a bare comma or semicolon, is wrong."""
    result, characters = "", iter(value)
    for character in characters:
        assert character not in ",;\n"
        result += {"\\": "\\", ";": ";", ",": ",", "n": "\n"}[next(characters)] if character == "\\" else character
    return result


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xD800, 0xDFFF])
def test_rule_2_a_control_character_never_gets_in(code: int) -> None:
    kept = {"\n": "\n", "\t": " "}.get(chr(code), "")
    assert clean(f"a{chr(code)}b") == f"a{kept}b"


@pytest.mark.parametrize("words", ["Visit 1", "日本語", "עברית", "\u200f", "\U0001f489", "e\u0301", "a\u00a0b", "\u00ad"])
def test_what_is_not_a_control_character_stays(words: str) -> None:
    assert clean(words) == words


def test_no_text_can_hold_the_mark_of_a_hole() -> None:
    assert with_holes("\x01\x02\x03\x04\x05\x06\x07\x08") == ""
    assert with_holes("a1") == "a" + hole(DIGITS, 1)
