"""A schedule -> one self-contained HTML page that prints well on A4 and Letter, with a column to sign; no scripts, nothing loaded."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from dosecal import __version__
from dosecal.diagnostic import visible
from dosecal.schedule import Schedule
from dosecal.write.rows import Day, Line, absent_of, counts_of, days_of, heading_of, totals_of, versions_of

_STYLE: Final = """
@page { margin: 14mm 11mm 16mm; @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt sans-serif; } }
html { font: 10pt/1.35 "Liberation Sans", Arial, Helvetica, sans-serif; color: #000; background: #fff; }
body { max-width: 62rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 16pt; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 11pt; margin: 1.2rem 0 .3rem; break-after: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1.2rem; margin: 0 0 .8rem; }
dt { color: #444; }
dd { margin: 0; font-weight: bold; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; margin-bottom: .4rem; font-size: 9pt; color: #444; }
th, td { text-align: left; vertical-align: top; padding: .24rem .6rem .24rem 0; }
thead { display: table-header-group; }
thead th { font-size: 9pt; vertical-align: bottom; border-bottom: 1.2pt solid #000; }
thead .whose { display: none; font-size: 8pt; color: #444; }
tbody { border-bottom: .5pt solid #888; }
tbody, tr { break-inside: avoid; }
small { display: block; font-size: 9pt; }
.short { white-space: nowrap; }
.what { min-width: 9.5rem; overflow-wrap: anywhere; }
.sign { width: 18%; min-width: 6rem; padding: .24rem 0 .24rem .5rem; }
td.sign { height: 6.5mm; border: .5pt solid #888; border-right: 0; }
td.home { font-size: 9pt; color: #444; }
p { margin: .3rem 0; }
ul { margin: 0; padding-left: 1.2rem; }
footer { margin-top: 1rem; font-size: 8pt; color: #444; }
@media print { body { max-width: none; margin: 0; padding: 0; } thead .whose { display: table-cell; } }
"""

_SIGN: Final = "Done: initials and date"
_TO: Final = " – "


def write(schedule: Schedule, *, fold: bool = False) -> str:
    """The schedule as an HTML page. Every text of an input file is escaped; the page has no script and refers to nothing outside."""
    title = " – ".join(["Visit schedule", *(value for name, value in heading_of(schedule) if name in {"Participant", "Study"})])
    parts = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">""",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="generator" content="dosecal {escape(__version__)}">',
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Visit schedule</h1>",
        _heading(schedule),
        _table(schedule, fold=fold),
        *_summary(schedule),
        f"</main>\n<footer>{escape(versions_of(schedule))}</footer>\n</body>\n</html>\n",
    )
    return "\n".join(parts)


def _heading(schedule: Schedule) -> str:
    rows = (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in heading_of(schedule))
    return "\n".join(["<dl>", *rows, "</dl>"])


def _table(schedule: Schedule, *, fold: bool) -> str:
    days = days_of(schedule, folded=fold, to=_TO)
    if not days:
        return "<p>No events.</p>"
    columns = _columns(days)
    whose = " · ".join(value for name, value in heading_of(schedule) if name in {"Study", "Arm", "Participant"})
    headers = "".join(f'<th scope="col"{_class(name)}>{name}</th>' for name in ("Date", *columns, _SIGN))
    return "\n".join(
        [
            f"<table>\n<caption>{_caption(schedule)}</caption>\n<thead>",
            f'<tr><td class="whose" colspan="{len(columns) + 2}">{escape(whose)}</td></tr>',
            f"<tr>{headers}</tr>\n</thead>",
            *(_day(day, columns) for day in days),
            "</table>",
        ]
    )


def _caption(schedule: Schedule) -> str:
    where = f" in {escape(visible(schedule.zone.name))}" if schedule.zone else ""
    return f"Dates and times are local{where}. Study days count from Day 1; there is no Day 0."


def _columns(days: Sequence[Day]) -> tuple[str, ...]:
    """The columns between the date and the one to sign that say something in at least one line."""
    lines = [_cells(day, line) for day in days for line in day.lines]
    return tuple(name for name in lines[0] if any(cells[name] for cells in lines))


def _cells(day: Day, line: Line) -> dict[str, str]:
    """What a line says under each header, escaped; what is seldom said stands small below the item, since paper is narrow."""
    lasts = f"lasts {line.lasts}" if line.lasts else ""
    below = "".join(f" <small>{escape(text)}</small>" for text in (line.run, line.phase, lasts, line.notes) if text)
    return {
        "Study day": escape(day.study_day),
        "Month": escape(day.month),
        "Time": escape(line.time),
        "What": escape(line.what) + below,
        "Dose": _dose(line.dose),
        "Window": _window(line.window),
    }


def _dose(dose: str) -> str:
    """A dose whose number is never parted from its unit."""
    words = dose.split(" ")
    return _unbroken([" ".join(words[:2]), " ".join(words[2:])])


def _window(window: str) -> str:
    """A window that breaks between its ends and nowhere else."""
    earliest, to, latest = window.partition(_TO)
    return _unbroken([f"{earliest}{to.rstrip()}", latest])


def _unbroken(parts: Sequence[str]) -> str:
    """Texts that may stand below each other on narrow paper, each on a line of its own, escaped."""
    return " ".join(f'<span class="short">{escape(part)}</span>' for part in parts if part)


def _day(day: Day, columns: Sequence[str]) -> str:
    """A day as a group of rows that stays on one page; its date heads the group, its study day and month stand in the first row."""
    span = f' rowspan="{len(day.lines)}"' if len(day.lines) > 1 else ""
    date = f'<th scope="rowgroup" class="short"{span}>{escape(day.weekday)} {escape(day.date)}</th>'
    return "\n".join(["<tbody>", *_rows(day, columns, date), "</tbody>"])


def _rows(day: Day, columns: Sequence[str], date: str) -> Iterator[str]:
    for index, line in enumerate(day.lines):
        cells = _cells(day, line)
        if index:
            date, cells["Study day"], cells["Month"] = "", "", ""
        sign = '<td class="sign home">at home</td>' if line.run else '<td class="sign"></td>'
        yield f"<tr>{date}{''.join(f'<td{_class(name)}>{cells[name]}</td>' for name in columns)}{sign}</tr>"


def _class(column: str) -> str:
    name = {"What": "what", "Dose": "", "Window": "", _SIGN: "sign"}.get(column, "short")
    return f' class="{name}"' if name else ""


def _summary(schedule: Schedule) -> Iterator[str]:
    """The counts and totals, and what there is to say about the schedule: a printed page has no other place for it."""
    absent = f"; {escape(absent_of(schedule))}" if schedule.absent else ""
    totals = "".join(f"<li>{escape(total)}</li>" for total in totals_of(schedule.events))
    yield f"<h2>Counts</h2>\n<p>{escape(counts_of(schedule.events))}{absent}</p>" + (f"\n<ul>{totals}</ul>" if totals else "")
    if schedule.notes:
        notes = "".join(f"<li>{escape(visible(note.message))}</li>" for note in schedule.notes)
        yield f"<h2>Notes</h2>\n<ul>{notes}</ul>"
