"""A Parquet file -> rows of texts, in batches: columns of text, or of dates where dates are expected; needs the extra `[parquet]`."""

import os
from collections.abc import Iterator
from typing import Any, Final

from dosecal.diagnostic import Diagnostic, Place, Refused
from dosecal.read.cells import DATES
from dosecal.read.files import FilePath, Unreadable, read_blocks

_BATCH: Final = 1 << 14


def opened(path: FilePath) -> Any:
    """The Parquet file at `path` (a pyarrow.parquet.ParquetFile). Raises Unreadable, or Refused where it is none."""
    file = os.fspath(path)
    next(read_blocks(file, 4), b"")  # a path that cannot be read is called what it is
    try:
        from pyarrow import ArrowException  # noqa: PLC0415  (an extra, and slow to import)
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415
    except ImportError:
        mend = "install it: pip install 'dosecal[parquet]', or save the table as CSV"
        raise Unreadable(Diagnostic("unreadable", "reading Parquet needs the library pyarrow", mend, place=Place(file))) from None
    try:
        return ParquetFile(file, page_checksum_verification=True)
    except (ArrowException, OSError, ValueError):
        raise _damaged(file) from None


def names_of(source: Any) -> tuple[str, ...]:
    """The names of the columns."""
    return tuple(source.schema_arrow.names)


def batches_of(path: FilePath, source: Any) -> Iterator[Iterator[list[str]]]:
    """The rows, many at a time, each a list with a text for every column; "" where there is no value. Raises Refused."""
    import pyarrow as pa  # noqa: PLC0415  (as above)

    file = os.fspath(path)
    wrong = [fault for field in source.schema_arrow if (fault := _fault_of(file, field.name, field.type)) is not None]
    if wrong:
        raise Refused(wrong)
    try:
        for batch in source.iter_batches(batch_size=_BATCH, use_threads=False):  # threads and forked workers do not mix
            columns = [[cell or "" for cell in column.cast(pa.string()).to_pylist()] for column in batch.columns]
            yield map(list, zip(*columns, strict=True))
    except (pa.ArrowException, OSError, ValueError):
        raise _damaged(file) from None


def _fault_of(file: str, name: str, kind: Any) -> Diagnostic | None:
    from pyarrow import types  # noqa: PLC0415  (as above)

    values = kind.value_type if types.is_dictionary(kind) else kind
    if types.is_string(values) or types.is_large_string(values) or types.is_string_view(values) or types.is_null(values):
        return None
    if name in DATES and types.is_date32(values):
        return None
    mend = "write it as a column of text" + (", or of dates without a time (date32)" if name in DATES else "")
    return Diagnostic("column-type", f"the column `{name}` holds {kind}, not text", mend, place=Place(f"{file}: column {name}"))


def _damaged(file: str) -> Refused:
    mend = "write it again; a file that was copied in part cannot be read"
    return Refused([Diagnostic("not-a-table", "this is no Parquet file, or it is damaged", mend, place=Place(file))])
