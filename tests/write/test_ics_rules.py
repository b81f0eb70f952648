"""Every rule of docs/ics-rules.md has a test that names it; those that can be read off a file hold in all shipped regimens' calendars."""

import re
from pathlib import Path

from dosecal.write.ics import LARGEST_IMPORTABLE
from tests.cli.running import good, run
from tests.readers.lines import unfolded
from tests.write.test_ics_around_the_world import with_options

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
UTC_TIME, LOCAL_TIME, DATE = r"\d{8}T\d{6}Z", r"\d{8}T\d{6}", r"\d{8}"


def numbers_in(name: str) -> set[int]:
    """The rules that a test's name names: `test_rules_5_to_8_...` four of them."""
    found = re.match(r"test_rules?_(\d+)(?:_(to|and)_(\d+))?_", name)
    if found is None:
        return set()
    first, last = int(found[1]), int(found[3] or found[1])
    return set(range(first, last + 1)) if found[2] == "to" else {first, last}


def test_every_rule_has_a_test_that_names_it() -> None:
    told = (ROOT / "docs" / "ics-rules.md").read_text(encoding="utf-8")
    rules = {int(number) for number in re.findall(r"^\| (\d+) \|", told, re.MULTILINE)}
    paths = [*TESTS.glob("write/test_*.py"), *TESTS.glob("cli/test_ics*.py"), TESTS / "test_follow_trials.py"]
    names = re.findall(r"^def (test_\w+)", "\n".join(path.read_text(encoding="utf-8") for path in paths), re.MULTILINE)
    assert rules == set(range(1, 24))
    assert rules - {number for name in names for number in numbers_in(name)} == set()


def blocks(octets: bytes, kind: str) -> list[list[str]]:
    """The lines of each component of a kind, those within it among them."""
    whole = "\n".join(unfolded(octets))
    return [block.split("\n") for block in re.findall(rf"BEGIN:{kind}\n(.*?)\nEND:{kind}$", whole, re.DOTALL | re.MULTILINE)]


def values(lines: list[str], name: str) -> list[str]:
    """What stands behind each property of this name, its parameters first: `;VALUE=DATE:20260105`."""
    return [line.removeprefix(name) for line in lines if re.match(rf"{name}[;:]", line)]


def entries(octets: bytes) -> list[list[str]]:
    """Events and tasks."""
    return [*blocks(octets, "VEVENT"), *blocks(octets, "VTODO")]


def test_rules_1_and_2_the_octets() -> None:
    for octets in with_options():
        lines = octets.split(b"\r\n")
        assert lines.pop() == b""
        assert all(0 < len(line) <= 75 and line.decode("utf-8").strip() for line in lines)
        assert not octets.startswith(b"\xef\xbb\xbf")
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", octets.decode("utf-8").replace("\r\n", ""))


def test_rules_4_and_9_one_calendar_without_a_method() -> None:
    for octets in with_options():
        lines = unfolded(octets)
        assert [lines.index("BEGIN:VCALENDAR"), lines.index("END:VCALENDAR")] == [0, len(lines) - 1]
        head = lines[1 : next((n for n, line in enumerate(lines) if n and line.startswith("BEGIN:")), -1)]
        assert [len(values(lines, name)) for name in ("PRODID", "VERSION", "METHOD", "ATTENDEE", "ORGANIZER")] == [1, 1, 0, 0, 0]
        assert [len(values(head, name)) for name in ("PRODID", "VERSION", "NAME", "X-WR-CALNAME")] == [1, 1, 1, 1]
        between = "\n".join(lines[len(head) + 1 : -1])
        assert re.sub(r"BEGIN:(VTIMEZONE|VEVENT|VTODO)\n(.*?\n)??END:\1(\n|$)", "", between, flags=re.DOTALL) == ""


def test_rules_5_and_6_uids_and_stamps() -> None:
    for octets in with_options():
        who = [(values(one, "UID"), values(one, "RECURRENCE-ID")) for one in entries(octets)]
        assert len({repr(one) for one in who}) == len(who)
        for one in entries(octets):
            [uid] = values(one, "UID")
            assert re.fullmatch(r":[0-9a-f]{32}-[0-9a-f]{20}", uid)
            assert values(one, "DTSTAMP") == values(one, "LAST-MODIFIED") == [":19700101T000000Z"]


def test_rules_7_and_8_what_no_entry_touched_is_as_it_was_planned() -> None:
    for octets in with_options():
        for one in blocks(octets, "VEVENT"):
            assert (values(one, "SEQUENCE"), values(one, "STATUS")) == ([":0"], [":CONFIRMED"])


def test_rules_10_to_13_dates_and_times_have_one_of_four_forms() -> None:
    for octets in with_options():
        described = [values(zone, "TZID") for zone in blocks(octets, "VTIMEZONE")]
        used = {tzid for one in entries(octets) for line in one for tzid in re.findall(r"^[A-Z-]+;TZID=([^:;]+):", line)}
        assert described == [[f":{tzid}"] for tzid in used]
        for one in entries(octets):
            for name in ("DTSTART", "DTEND", "DUE", "EXDATE", "RECURRENCE-ID"):
                for value in values(one, name):
                    assert re.fullmatch(rf";VALUE=DATE:{DATE}|;TZID=[\w/+-]+:{LOCAL_TIME}|:{UTC_TIME}", value), f"{name}{value}"
        for zone in blocks(octets, "VTIMEZONE"):
            assert "BEGIN:STANDARD" in zone
            assert not values(zone, "RDATE")


def test_rules_14_and_15_series_have_the_form_that_every_reader_understands() -> None:
    for octets in with_options():
        series = [one for one in blocks(octets, "VEVENT") if values(one, "RRULE")]
        assert bool(series) <= (b"X-DOSECAL-SERIES" in octets)
        for one in series:
            [rule] = values(one, "RRULE")
            parts = dict(part.split("=") for part in rule.removeprefix(":").split(";"))
            assert parts.keys() <= {"FREQ", "COUNT", "INTERVAL", "BYDAY", "BYMONTHDAY", "WKST"}
            assert 2 <= int(parts["COUNT"]) <= 999
            assert ("BYDAY" in parts) <= ("WKST" in parts)
            assert all(1 <= int(day) <= 28 for day in parts.get("BYMONTHDAY", "1").split(","))
            [start] = values(one, "DTSTART")
            assert {value.rpartition(":")[0] for value in values(one, "EXDATE")} <= {start.rpartition(":")[0]}
        for line in (line for one in entries(octets) for line in one):
            assert not re.match(r"RDATE|EXRULE|EXDATE.*,|[^:]*;RANGE=", line)


def test_rules_16_and_17_alarms_stand_last_and_tasks_have_none() -> None:
    for octets in with_options():
        asked = b"BEGIN:VALARM" in octets
        for one in blocks(octets, "VEVENT"):
            assert one.count("BEGIN:VALARM") == asked
            if asked:
                start = one.index("BEGIN:VALARM")
                assert one[-1] == "END:VALARM"
                assert {"ACTION:DISPLAY"} < {*one[start:]}
                assert len(values(one[start:], "DESCRIPTION")) == len(values(one[start:], "TRIGGER")) == 1
        for one in blocks(octets, "VTODO"):
            assert "BEGIN:VALARM" not in one
            assert not {"DTSTART", "COMPLETED", "PERCENT-COMPLETE"} & {re.split("[;:]", line)[0] for line in one}
            assert len(values(one, "DUE")) == 1


def test_rules_18_and_23_the_names_and_the_versions() -> None:
    for octets in with_options():
        lines = unfolded(octets)
        assert values(lines, "NAME") == values(lines, "X-WR-CALNAME")
        refresh = [value.removeprefix(";VALUE=DURATION") for value in values(lines, "REFRESH-INTERVAL")]
        assert refresh == values(lines, "X-PUBLISHED-TTL")
        assert bool(blocks(octets, "VTIMEZONE")) <= bool(values(lines, "X-DOSECAL-ZONE-DATA"))


def test_rule_19_every_event_says_its_kind_and_whether_it_takes_time() -> None:
    for octets in with_options():
        for one in blocks(octets, "VEVENT"):
            assert len(values(one, "CATEGORIES")) == 1
            assert values(one, "TRANSP") in ([":OPAQUE"], [":TRANSPARENT"])


def test_rule_21_a_calendar_above_900_kb_warns_and_each_of_its_years_has_the_events_that_begin_in_it(tmp_path: Path) -> None:
    typed = ["ics", "long.yaml", "--start", "2026-12-20", "--id", "1042", "--audience", "unblinded"]
    regimen = "format: dosecal/1\nstudy: Long\nsource: none\ndoses:\n  drug: {give: 1 mg PO, when: every day for 2400 days}\n"
    (tmp_path / "long.yaml").write_text(regimen, encoding="utf-8")
    whole = run(*typed, folder=tmp_path)
    assert len(whole.out) > LARGEST_IMPORTABLE
    assert "warning[large]" in whole.err
    assert "--split year" in whole.err
    good(*typed, "--split", "year", "-o", "1042.ics", folder=tmp_path)
    years = sorted(tmp_path.glob("1042-*.ics"))
    assert [path.name for path in years] == [f"1042-{year}.ics" for year in range(2026, 2034)]
    for path in years:
        starts = [values(one, "DTSTART")[0].rpartition(":")[2] for one in blocks(path.read_bytes(), "VEVENT")]
        assert {start[:4] for start in starts} == {path.stem[-4:]}
    assert sorted(line for path in years for one in blocks(path.read_bytes(), "VEVENT") for line in values(one, "UID")) == sorted(
        line for one in blocks(whole.out, "VEVENT") for line in values(one, "UID")
    )


def test_rule_22_the_file_is_utf_8_and_nothing_else_is_said_of_its_characters() -> None:
    for octets in with_options():
        assert octets.decode("utf-8").encode("utf-8") == octets
        assert not re.search(rb"CHARSET|ENCODING", octets)
