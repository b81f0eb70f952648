"""What a calendar is cast from: for each component its mould and the contents of the holes, in order, and the event that it is of."""

from msgspec import Struct

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
