"""A refusal case: a broken file, the command that meets it, and the exact words that come out.

    files/NAME.yaml  the broken file; may be missing where the command itself is wrong
    files/NAME.csv   the broken file where it is a table
    files/NAME.args  the arguments of `dosecal`, where they are not `validate NAME.yaml`; `> PATH` at their end is where the output goes
    files/NAME.txt   the command, what it prints (standard output, then standard error) and its exit code

NAME begins with the name of the diagnostic that it shows, then `--` and what is particular, if anything. Commands run in a folder that
holds the case's own files, the sound files of good/ and what _prepare makes; file names in messages are relative to it.
"""

import hashlib
import io
import json
import re
import shlex
import shutil
from contextlib import chdir, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
from pyarrow import parquet

from dosecal.cli import main

HERE = Path(__file__).parent
FILES, GOOD = HERE / "files", HERE / "good"
SEVERITY = re.compile(r"(?:^|: )(error|warning|note)\[([\w-]+)\]: ", re.MULTILINE)


class Case(NamedTuple):
    """A case by its name, with its command line as typed after `dosecal`."""

    name: str
    typed: str

    @property
    def diagnostic(self) -> str:
        """The name of the diagnostic that the case is there to show."""
        return self.name.partition("--")[0]

    @property
    def expected(self) -> Path:
        return FILES / f"{self.name}.txt"


class Outcome(NamedTuple):
    """What one command printed and returned, and the files that stood in its folder before and after, with their bytes."""

    out: str
    err: str
    code: int
    before: dict[str, bytes]
    after: dict[str, bytes]


def cases() -> list[Case]:
    """Every case, in order of the alphabet."""
    names = sorted({path.stem for path in FILES.iterdir() if path.suffix in (".yaml", ".args")})
    return [Case(name, _typed(name)) for name in names]


def _typed(name: str) -> str:
    args = FILES / f"{name}.args"
    return args.read_text(encoding="utf-8").strip() if args.exists() else f"validate {shlex.quote(name + '.yaml')}"


def outcome(case: Case, folder: Path, mended: str | None = None) -> Outcome:
    """Run the case in `folder`, which is empty; `mended`: with this text in place of the broken file."""
    _prepare(case, folder)
    if mended is not None:
        (folder / f"{case.name}.yaml").write_text(mended, encoding="utf-8")
    words = shlex.split(case.typed)
    before = _contents(folder)
    if len(words) > 1 and words[-2] == ">":
        with Path(words[-1]).open("w", encoding="utf-8") as target:
            code, err = _run(words[:-2], folder, target)
            with suppress(OSError):
                target.flush()
        return Outcome("", err, code, before, _contents(folder))
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    code, err = _run(words, folder, out)
    return Outcome(out.buffer.getvalue().decode(), err, code, before, _contents(folder))


def _run(words: list[str], folder: Path, out: io.TextIOWrapper) -> tuple[int, str]:
    err = io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        code = main(words)
    return code, err.getvalue()


def _prepare(case: Case, folder: Path) -> None:
    for path in (*GOOD.iterdir(), *(FILES / f"{case.name}{suffix}" for suffix in (".yaml", ".ics", ".csv"))):
        if path.exists():
            shutil.copyfile(path, folder / path.name)
    (folder / "some-folder").mkdir()
    (folder / "link.ics").symlink_to("elsewhere.ics")
    for name, mode in (("study.key", 0o600), ("public.key", 0o644)):
        (folder / name).write_text("a key for these cases alone 4711\n", encoding="utf-8")
        (folder / name).chmod(mode)
    if case.name == "too-large":
        (folder / "too-large.yaml").write_bytes(b"#" * 1_000_001)
    if "cohort" in case.typed.split()[-1:]:
        _make_cohort(case.name, folder / "cohort")
    if case.name == "column-type":
        columns = {"id": [1001, 1002], "arm": ["alemtuzumab-12"] * 2, "day-1": ["2026-01-05"] * 2, "timezone": ["UTC"] * 2}
        parquet.write_table(pa.table(columns), folder / "column-type.parquet")


def _make_cohort(name: str, folder: Path) -> None:
    """A folder as `dosecal cohort` leaves it, and what the case has made of it."""
    folder.mkdir()
    calendar = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    one = {"bytes": len(calendar), "sha256": hashlib.sha256(calendar).hexdigest()}
    who = "../1001" if name == "manifest" else "1001"
    manifest = {
        "format": "dosecal/manifest/1", "dosecal": "0.1.0", "zone-data": "2026f",
        "regimen": {"name": "trial.yaml", "sha256": "0" * 64}, "sites": [], "roster": {"name": "roster.csv", "sha256": "1" * 64},
        "written-as": "ics", "audience": "participant", "options": [], "failed": ["1003"] if name == "failed" else [], "left": [],
        "files": [{"name": f"{who}.ics"} | one, {"name": "1002.ics"} | one],
    }  # fmt: skip
    there = {"1001.ics": calendar, "1002.ics": calendar, "manifest.json": json.dumps(manifest, indent=1).encode()}
    match name:
        case "changed-file":
            there["1001.ics"] += b"\r\n"
        case "missing-file":
            del there["1002.ics"]
        case "former-file":
            there["1004.ics"] = calendar
    for file, content in there.items():
        (folder / file).write_bytes(content)


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"" for path in sorted(folder.rglob("*"))}


def shown(case: Case, result: Outcome) -> str:
    """The text of NAME.txt."""
    printed = result.out + result.err
    newline = "" if printed.endswith("\n") or not printed else "\n"
    return f"$ dosecal {case.typed}\n{printed}{newline}exit {result.code}\n"


def names_in(text: str) -> set[str]:
    """The names of the diagnostics that a text shows."""
    return {match[2] for match in SEVERITY.finditer(text)}
