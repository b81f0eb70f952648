"""What a calendar is cast from: for each component its mould and the contents of the holes, in order, and the event that it is of."""

from msgspec import Struct
from msgspec.structs import replace

from dosecal.schedule import Event
from dosecal.write import mould
from dosecal.write.vevents import Shape, Span


class Kind(Struct, frozen=True):
    """What is the same for all events that differ in nothing but when they are and whose: shape, moulds, contents of the other holes.

    `tasks`: the mould of the VTODO beside each of them and the digits of its texts; None: there is none.
    """

    shape: Shape
    events: mould.Mould
    stamp: bytes
    sequence: bytes
    digits: bytes
    tasks: tuple[mould.Mould, bytes] | None

    def fields(self, span: Span, uid: bytes) -> mould.Fields:
        return span.start, span.end, self.stamp, self.stamp, uid, self.sequence, self.digits

    def shut(self) -> "Kind":
        """The same with every hole filled for good but those of date, time and UID."""
        always = {mould.STAMP: self.stamp, mould.MODIFIED: self.stamp, mould.SEQUENCE: self.sequence}
        tasks = (mould.poured(self.tasks[0], {**always, mould.DIGITS: self.tasks[1]}), b"") if self.tasks is not None else None
        return replace(self, events=mould.poured(self.events, {**always, mould.DIGITS: self.digits}), tasks=tasks)


class Casting(Struct, frozen=True):
    """What is cast, in order, the event that each is of, and the spans in local time among it."""

    moulds: list[mould.Mould]
    fields: list[mould.Fields]
    events: list[Event]
    local: list[Span]

    def add(self, cast_in: mould.Mould, fields: mould.Fields, event: Event) -> None:
        self.moulds.append(cast_in)
        self.fields.append(fields)
        self.events.append(event)
