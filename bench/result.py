"""What a benchmark measured, and how it is shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. `peer` is what the same machine took for the plain thing, in the same unit.

    `target` states what must hold, `is_met` whether it did (None: a figure without a target).
    """

    what: str
    figure: float
    unit: str
    peer_name: str = ""
    peer: float | None = None
    target: str = ""
    is_met: bool | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the peer's."""
        return None if not self.peer else self.figure / self.peer

    def cells(self) -> tuple[str, str, str, str, str]:
        """What, figure, peer, ratio, target: as shown in a table."""
        peer = f"{amount(self.peer)} {self.unit}: {self.peer_name}" if self.peer else ""
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else ""
        verdict = {None: "", True: "met", False: "MISSED"}[self.is_met]
        target = f"{self.target}: {verdict}" if self.target else ""
        return self.what, f"{amount(self.figure)} {self.unit}", peer, ratio, target


@dataclass(frozen=True, slots=True)
class Result:
    """All figures of one benchmark at one size; `is_full` is false for a smaller trial."""

    name: str
    title: str
    size: str
    is_full: bool
    measures: tuple[Measure, ...]

    @property
    def is_met(self) -> bool:
        """Whether no target was missed."""
        return all(measure.is_met is not False for measure in self.measures)

    def as_json(self) -> dict[str, Any]:
        """Plain data; `from_json` reads it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Result:
        """The result that `as_json` wrote."""
        measures = tuple(Measure(**measure) for measure in data.pop("measures"))
        return cls(**data, measures=measures)

    def lines(self) -> list[str]:
        """The result for a terminal."""
        shown = [f"{self.name}: {self.title} ({self.size})"]
        for what, figure, peer, ratio, target in (m.cells() for m in self.measures):
            line = f"  {what:<44} {figure:>20}"
            if peer:
                line += f"   peer {peer}, ratio {ratio}"
            shown.append(line + (f"   [{target}]" if target else ""))
        return shown


def amount(value: float | None) -> str:
    """A number with as many digits as matter: 12,345, 45.6, 0.0123."""
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
