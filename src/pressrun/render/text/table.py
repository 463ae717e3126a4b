"""Tables in plain text: columns where they fit, else one record per row."""

from collections.abc import Sequence
from dataclasses import dataclass

from pressrun.render.text.wrap import fill, width

_GAP = "  "


@dataclass(frozen=True, slots=True)
class Table:
    """A table's cells as text; ``align`` holds left, right or center for each column."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    align: Sequence[str]

    def lines(self, columns: int) -> list[str]:
        """Lay the table out for a text so wide."""
        widths = [max(map(width, column)) for column in zip(self.head, *self.rows, strict=True)]
        if sum(widths) + len(_GAP) * (len(widths) - 1) <= columns:
            return self._aligned(widths)
        return self._records(columns)

    def _aligned(self, widths: Sequence[int]) -> list[str]:
        rows = [self._row(row, widths) for row in self.rows]
        if not any(self.head):
            return rows
        return [self._row(self.head, widths), _GAP.join("-" * size for size in widths), *rows]

    def _row(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        padded = map(_pad, cells, widths, self.align)
        return _GAP.join(padded).rstrip()

    def _records(self, columns: int) -> list[str]:
        lines: list[str] = []
        for row in self.rows:
            lines += [""] if lines else []
            for name, cell in zip(self.head, row, strict=True):
                first, *rest = fill(f"{name}: {cell}" if name else cell, columns - 2) or [""]
                lines += [first, *(f"  {line}" for line in rest)] if cell else []
        return lines


def _pad(cell: str, columns: int, align: str) -> str:
    missing = columns - width(cell)
    before = {"right": missing, "center": missing // 2}.get(align, 0)
    return " " * before + cell + " " * (missing - before)
