"""The content lines of an .ics file as they are written, read with nothing but string methods (RFC 5545 3.1)."""


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
