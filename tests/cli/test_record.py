"""`dosecal record`: the entry that is typed is the entry that is written, and nothing else in the file changes."""

import json
import os
import stat
import sys
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest
import yaml

from dosecal.chain import verified
from dosecal.cli import adding
from tests.cli.running import contents, good, posix, run

REGIMEN = """format: dosecal/1
study: Example
source: protocol, version 1
doses:
  study drug: {give: 10 mg PO, when: every day for 3 days, if-missed: skip}
labs:
  blood test: {when: days 8 15}
"""
PARTICIPANT = """# Berlin
participant: "1042"
regimen: regimen.yaml   # as signed
day-1: 2026-01-05
timezone: Europe/Berlin
"""
ILL = ("not-given", "study drug", "--due", "2026-01-06", "--on", "2026-01-07", "--why", "felt ill", "--by", "JD")
NOW = datetime(2026, 1, 6, 23, 30, 59, 900_000, UTC)  # in Berlin it is 00:30 of the next day


class Clock(datetime):
    """The clock of `record`, stopped."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Clock":
        assert tz is UTC
        return cls(2026, 1, 6, 23, 30, 59, 900_000, UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "regimen.yaml").write_text(REGIMEN, encoding="utf-8")
    (tmp_path / "1042.yaml").write_text(PARTICIPANT, encoding="utf-8")
    monkeypatch.setattr(adding, "datetime", Clock)
    return tmp_path


def entries(folder: Path) -> list[dict[str, str]]:
    """The record as another reader of YAML gives it, all as text."""
    loaded = yaml.load((folder / "1042.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  (texts alone)
    return list(loaded["record"])


def test_an_entry_is_appended_stamped_and_chained(folder: Path) -> None:
    out = good("record", "1042.yaml", *ILL, "--yes", folder=folder).decode()
    text = (folder / "1042.yaml").read_text(encoding="utf-8")
    head = out.splitlines()[-1].removeprefix("head: ")
    assert text == PARTICIPANT + (
        "record:\n  - {on: 2026-01-07, not-given: study drug, due: 2026-01-06, why: felt ill, by: JD, "
        f"entered: 2026-01-06T23:30:59Z, chain: {head}}}\n"
    )
    facts = {"participant": "1042", "regimen": "regimen.yaml", "day-1": "2026-01-05", "timezone": "Europe/Berlin"}
    assert verified(facts, entries(folder)).head == head
    assert verified(facts, entries(folder)).broken is None


def test_the_date_is_today_where_the_participant_is(folder: Path) -> None:
    good("record", "1042.yaml", "withdrew", "--by", "JD", "--yes", folder=folder)
    assert entries(folder)[0]["on"] == "2026-01-07"  # in Berlin
    assert entries(folder)[0]["withdrew"] == "study"
    (folder / "1042.yaml").write_text(PARTICIPANT.replace("timezone", "# timezone"), encoding="utf-8")
    refused = run("record", "1042.yaml", "withdrew", "--by", "JD", "--yes", folder=folder)
    assert (refused.code, "--on: error[no-zone]" in refused.err) == (2, True)


def test_a_dry_run_and_every_refusal_write_nothing(folder: Path) -> None:
    before = contents(folder)
    dry = run("record", "1042.yaml", *ILL, "--dry-run", "--yes", folder=folder)
    assert dry.code == 0
    shown = "1042.yaml, entry 1: {on: 2026-01-07, not-given: study drug, due: 2026-01-06, why: felt ill, by: JD}\n"
    assert dry.out.decode().startswith(shown)
    assert dry.out.decode().endswith("Nothing was written (--dry-run).\n")
    refused = {
        ("record", "1042.yaml", *ILL): (2, "unanswered"),
        ("record", "1042.yaml", *ILL, "--format", "json"): (2, "unanswered"),
        ("record", "1042.yaml", "not-given", "study drug", "--by", "JD", "--yes"): (1, "missing-key"),
        ("record", "1042.yaml", "given", "--by", "JD", "--yes"): (2, "no-value"),
        ("record", "1042.yaml", "gives", "study drug", "--by", "JD", "--yes"): (2, "unknown-word"),
        ("record", "1042.yaml", "given", "study drug", "--yes"): (2, "command"),
        ("record", "1042.yaml", "given", "study drug", "--by", "J\nD", "--yes"): (2, "control-character"),
        ("record", "1042.yaml", "given", "study\udc80drug", "--by", "JD", "--yes"): (2, "control-character"),
        ("record", "1042.yaml", "given", "study drug", "--by", "JD", "--on", "2026-02-30", "--yes"): (1, "date"),
        ("record", "1042.yaml", "void", "3", "--by", "JD", "--why", "slip", "--yes"): (1, "no-entry"),
        ("record", "1042.yaml", "new-times", "a: b}, by: {c: d", "--by", "JD", "--yes"): (2, "not-yaml"),
        ("record", "1042.yaml", *ILL, "--regimen", "nowhere", "--yes"): (2, "unreadable"),
        ("record", "nowhere.yaml", *ILL, "--yes"): (2, "unreadable"),
        ("record", "no/such/folder.yaml", *ILL, "--yes"): (2, "unwritable"),
        ("record", "regimen.yaml", *ILL, "--yes"): (1, "unknown-key"),
    }
    for words, (code, name) in refused.items():
        ran = run(*words, folder=folder)
        assert (ran.code, f"error[{name}]" in ran.err) == (code, True), (words, ran.err)
    assert contents(folder) == before


def test_what_is_wrong_with_the_new_entry_shows_the_entry_and_the_option(folder: Path) -> None:
    unexplained = [word for word in ILL if word not in ("--why", "felt ill")]
    refused = run("record", "1042.yaml", *unexplained, "--yes", folder=folder)
    assert refused.err == (
        "the new entry:1:1: error[missing-key]: `not-given` needs the key `why`\n"
        "    1 | {on: 2026-01-07, not-given: study drug, due: 2026-01-06, by: JD}\n"
        "      | ^\n"
        "help: add --why ...\n"
    )
    refused = run("record", "1042.yaml", "given", "study drug", "--on", "2026-01-06", "--at", "7.30", "--by", "JD", "--yes", folder=folder)
    assert refused.err == (
        "the new entry:1:41: error[time]: `7.30` is not a time of day\n"
        "    1 | {on: 2026-01-06, given: study drug, at: 7.30, by: JD}\n"
        "      |                                         ^^^^\n"
        "help: write hours and minutes as in 07:30 or 19:00\n"
    )


def test_what_a_mend_says_to_write_in_the_file_is_said_as_an_option(folder: Path) -> None:
    refused = run(
        "record", "1042.yaml", "given", "study drug", "--due", "2026-01-09", "--on", "2026-01-07", "--by", "JD", "--yes", folder=folder
    )
    assert refused.err.splitlines()[-1].startswith("help: the nearest is due on 2026-01-07: name it with --due 2026-01-07")
    good("record", "1042.yaml", *ILL, "--yes", folder=folder)
    good("record", "1042.yaml", *ILL, "--corrects", "1", "--yes", folder=folder)
    refused = run("record", "1042.yaml", *ILL, "--corrects", "1", "--yes", folder=folder)
    assert refused.err.splitlines()[-1] == "help: entry 2 stands in its place: write --corrects 2"


def test_texts_of_every_kind_reach_the_file_as_they_were_typed(folder: Path) -> None:
    why = 'said: "ill", then #2 {sic} – naïve?'
    (folder / "regimen.yaml").write_text(REGIMEN.replace("if-missed: skip", "at: breakfast"), encoding="utf-8")
    (folder / "1042.yaml").write_text(PARTICIPANT + "times: {breakfast: 07:00}\n", encoding="utf-8")
    good("record", "1042.yaml", *ILL[:-3], why, "--by", "  J. Doe, RN ", "--yes", folder=folder)
    good("record", "1042.yaml", "measured", "weight", "--value", "79.4 kg", "--by", "JD", "--yes", folder=folder)
    good("record", "1042.yaml", "new-times", "breakfast: {Mon-Fri: 07:30, Sat-Sun: 09:00}", "--by", "JD", "--yes", folder=folder)
    first, second, third = entries(folder)
    assert (first["why"], first["by"]) == (why, "J. Doe, RN")
    assert (second["measured"], second["value"]) == ("weight", "79.4 kg")
    assert third["new-times"] == {"breakfast": {"Mon-Fri": "07:30", "Sat-Sun": "09:00"}}


def test_entries_by_hand_are_named_and_chained_and_stay_as_they_are(folder: Path) -> None:
    by_hand = "record:\n- on: 2026-01-06   # by fax\n  given: study drug\n  by: JD\n- {on: '2026-01-07', given: study drug, by: JD}\n# end"
    (folder / "1042.yaml").write_text(PARTICIPANT + by_hand, encoding="utf-8")
    out = good("record", "1042.yaml", "done", "blood test", "--on", "2026-01-12", "--by", "JD", "--yes", folder=folder).decode()
    assert "Entries 1 and 2, written by hand, are chained with this one.\n" in out
    text = (folder / "1042.yaml").read_text(encoding="utf-8")
    assert text.startswith(PARTICIPANT + by_hand.removesuffix("# end"))
    assert text.endswith("}\n# end")
    assert "unchained" not in good("verify", "1042.yaml", folder=folder).decode()


def test_a_chain_that_does_not_verify_takes_no_entry(folder: Path) -> None:
    good("record", "1042.yaml", *ILL, "--yes", folder=folder)
    path = folder / "1042.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("felt ill", "felt fine"), encoding="utf-8")
    before = contents(folder)
    refused = run("record", "1042.yaml", "withdrew", "--by", "JD", "--yes", folder=folder)
    assert (refused.code, "1042.yaml:7:5: error[broken-chain]" in refused.err) == (1, True)
    assert contents(folder) == before


def test_the_consequences_come_as_data_too(folder: Path) -> None:
    dry = json.loads(good("record", "1042.yaml", *ILL, "--dry-run", "--format", "json", folder=folder))
    assert (dry["written"], dry["head"], dry["number"], dry["chained_by_hand"]) == (False, None, 1, [])
    assert dry["entry"] == {"on": "2026-01-07", "not-given": "study drug", "due": "2026-01-06", "why": "felt ill", "by": "JD"}
    done = json.loads(good("record", "1042.yaml", *ILL, "--yes", "--format", "json", folder=folder))
    assert done["written"]
    assert done["changes"] == dry["changes"]
    assert json.loads(good("verify", "1042.yaml", "--format", "json", folder=folder))["head"] == done["head"]


def test_what_changes_is_shown_before_and_after(folder: Path) -> None:
    out = good("record", "1042.yaml", *ILL, "--dry-run", folder=folder).decode()
    assert out.splitlines()[2:] == [
        "Change  What        Before          Notes",
        "missed  study drug  Tue 6 Jan 2026  entry 1: not given: felt ill",
        "",
        "1 missed. Nothing else changes.",
        "",
        "Nothing was written (--dry-run).",
    ]
    changed = json.loads(good("record", "1042.yaml", *ILL, "--dry-run", "--format", "json", folder=folder))["changes"]
    assert [(one["change"], one["item"], one["before"]["date"], one["after"]["state"]) for one in changed] == [
        ("cancelled", "study drug", "2026-01-06", "missed")
    ]


def test_an_entry_that_takes_back_what_cannot_be_replayed_is_taken(folder: Path) -> None:
    wrong = "record:\n  - {on: 2026-01-06, given: no such drug, by: JD}\n"
    (folder / "1042.yaml").write_text(PARTICIPANT + wrong, encoding="utf-8")
    assert run("schedule", "regimen.yaml", "--participant", "1042.yaml", folder=folder).code == 1
    refused = run("record", "1042.yaml", *ILL, "--yes", folder=folder)
    assert (refused.code, "1042.yaml:7:" in refused.err) == (1, True)
    said = run("record", "1042.yaml", "void", "1", "--why", "slip", "--by", "JD", "--yes", folder=folder)
    assert said.code == 0, said.err
    assert b"could not be laid out before this entry" in said.out
    assert run("schedule", "regimen.yaml", "--participant", "1042.yaml", folder=folder).code == 0


def test_what_a_new_entry_would_make_wrong_elsewhere_is_said_of_it(folder: Path) -> None:
    good("record", "1042.yaml", "held", "study drug", "--on", "2026-01-05", "--why", "fever", "--by", "JD", "--yes", folder=folder)
    good("record", "1042.yaml", "resumed", "study drug", "--on", "2026-01-07", "--by", "JD", "--yes", folder=folder)
    before = contents(folder)
    refused = run("record", "1042.yaml", "void", "1", "--why", "another participant", "--by", "JD", "--yes", folder=folder)
    assert refused.code == 1
    assert refused.err.startswith("1042.yaml:8:31: error[not-held]: with the new entry, nothing of `study drug` is held on 2026-01-07\n")
    assert contents(folder) == before


# -- the file itself


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_the_permissions_of_the_file_stay_as_they_were(mode: int, folder: Path) -> None:
    (folder / "1042.yaml").chmod(mode)
    good("record", "1042.yaml", *ILL, "--yes", folder=folder)
    assert stat.S_IMODE((folder / "1042.yaml").stat().st_mode) == mode
    assert set(contents(folder)) == {"1042.yaml", "regimen.yaml"}


@posix
@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_and_the_group_of_the_file_stay_as_they_were(folder: Path) -> None:
    os.chown(folder / "1042.yaml", 12345, 23456)
    good("record", "1042.yaml", *ILL, "--yes", folder=folder)
    state = (folder / "1042.yaml").stat()
    assert (state.st_uid, state.st_gid) == (12345, 23456)


@posix
def test_links_folders_devices_second_names_and_protected_files_take_no_entry(folder: Path) -> None:
    (folder / "link.yaml").symlink_to("1042.yaml")
    (folder / "folder.yaml").mkdir()
    os.mkfifo(folder / "pipe.yaml")
    for name in ("one.yaml", "protected.yaml"):
        (folder / name).write_text(PARTICIPANT, encoding="utf-8")
    os.link(folder / "one.yaml", folder / "two.yaml")
    (folder / "protected.yaml").chmod(0o444)
    before = contents(folder)
    for name in ("link.yaml", "folder.yaml", "pipe.yaml", "one.yaml", "two.yaml", "protected.yaml"):
        refused = run("record", name, *ILL, "--yes", folder=folder)
        assert (refused.code, "error[unwritable]" in refused.err) == (2, True), name
    assert contents(folder) == before
    assert (folder / "link.yaml").is_symlink()
