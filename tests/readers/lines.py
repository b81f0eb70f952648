"""The content lines of an .ics file as they are written, read with nothing but string methods (RFC 5545 3.1)."""

from typing import NamedTuple


class Component(NamedTuple):
    """A component by its path from the calendar ("VCALENDAR/VEVENT/VALARM"), and the names of its properties, sorted."""

    path: str
    properties: tuple[str, ...]


def unfolded(octets: bytes) -> list[str]:
    """The content lines, folds taken out."""
    return octets.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]


def vevents(octets: bytes) -> list[dict[str, str]]:
    """Each VEVENT as property (with its parameters) -> value, as written."""
    blocks = "\n".join(unfolded(octets)).split("BEGIN:VEVENT\n")[1:]
    return [dict(line.split(":", 1) for line in block.split("\nEND:VEVENT")[0].split("\n")) for block in blocks]


def only(octets: bytes) -> dict[str, str]:
    """The one VEVENT of a file."""
    [found] = vevents(octets)
    return found


def components(octets: bytes) -> list[Component]:
    """Every component of a file, sorted."""
    found, open_ones = [], [("", [""])]
    for line in unfolded(octets):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            open_ones.append((f"{open_ones[-1][0]}/{value}".removeprefix("/"), []))
        elif name == "END":
            path, names = open_ones.pop()
            assert path.rpartition("/")[2] == value, f"{path} ends as {value}"
            found.append(Component(path, tuple(sorted(names))))
        else:
            open_ones[-1][1].append(name.partition(";")[0])
    assert open_ones == [("", [""])], "a line outside every component, or one that does not end"
    return sorted(found)
