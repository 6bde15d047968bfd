"""What of the law is judged, by name: every article of the maps, every violation inspectors know.

Checks come from the registry, guards of the database and what is still waited for from
``coverage_map.yaml``. ``python -m sogoc.policy.coverage`` writes ``docs/reference/coverage.md``.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final, Literal

from sogoc.kernel.text import Text
from sogoc.policy.check import GUARDED, HARD, Check, checks
from sogoc.policy.loader import load_law
from sogoc.policy.reading import Entry, parse

State = Literal["covered", "partly", "waits", "nothing"]
FILE: Final = "coverage_map.yaml"
WORDS: Final[dict[str, Text]] = {
    "covered": Text("có kiểm", "covered"),
    "partly": Text("một phần", "partly"),
    "waits": Text("chờ", "waits"),
    "nothing": Text("không có gì để kiểm", "nothing to judge"),
}
PLACES: Final[dict[str, Text]] = {
    "P": Text("trước khi cấp", "before issue"),
    "S": Text("rà soát", "in a sweep"),
    "C": Text("ràng buộc dữ liệu", "as a constraint"),
}
_LEVELS: Final[dict[str, Text]] = {"block": Text("chặn", "block"), "warn": Text("lưu ý", "warn")}
_SEEN: Final[dict[str, str]] = {"found": "đã thấy", "inferred": "suy ra", "draft": "dự thảo"}


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation: the checks and database guards that judge it, and what is waited for."""

    id: str
    name: Text
    where: tuple[str, ...]
    level: str
    checks: tuple[str, ...]
    guards: tuple[str, ...]
    waits: Text | None

    @property
    def state(self) -> State:
        """Covered, partly (something judges it, something is waited for), or waiting."""
        if not self.checks and not self.guards:
            return "waits"
        return "covered" if self.waits is None else "partly"


@dataclass(frozen=True, slots=True)
class Article:
    """One article: its violations, the checks that judge them or cite it, or why there is none."""

    instrument: str
    cited_as: str
    at: str
    name: str
    seen: str
    violations: tuple[str, ...]
    checks: tuple[str, ...]
    guards: tuple[str, ...]
    waits: Text | None
    nothing: Text | None

    @property
    def state(self) -> State:
        """As of a violation; ``nothing`` where the article holds nothing to judge."""
        if self.nothing is not None:
            return "nothing"
        if not self.checks and not self.guards:
            return "waits"
        return "covered" if self.waits is None else "partly"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole picture."""

    violations: tuple[Violation, ...]
    articles: tuple[Article, ...]

    def count(self, what: Literal["violations", "articles"]) -> dict[str, int]:
        """How many stand in each state."""
        each: tuple[Violation | Article, ...] = getattr(self, what)
        return dict(Counter(one.state for one in each))

    def plain(self) -> dict[str, Any]:
        """Plain values, texts kept."""
        return {
            "counts": {"violations": self.count("violations"), "articles": self.count("articles")},
            "violations": [
                {
                    "id": v.id,
                    "violation": v.name,
                    "state": v.state,
                    "where": v.where,
                    "level": v.level,
                    "checks": v.checks,
                    "guards": v.guards,
                    "waits_for": v.waits,
                    "may_be_overridden": v.id not in HARD | GUARDED,
                }
                for v in self.violations
            ],
            "articles": [
                {
                    "instrument": a.instrument,
                    "article": a.at,
                    "cited_as": a.cited_as,
                    "subject": a.name,
                    "seen": a.seen,
                    "state": a.state,
                    "violations": a.violations,
                    "checks": a.checks,
                    "guards": a.guards,
                    "waits_for": a.waits,
                    "nothing_to_judge": a.nothing,
                }
                for a in self.articles
            ],
        }


@lru_cache(maxsize=1)
def coverage() -> Coverage:
    """What is judged now. Raises ``LawDataError`` for a map that is not of its schema."""
    text = (resources.files("sogoc.policy") / FILE).read_text("utf-8")
    file = Entry(FILE, "coverage", parse(text, FILE))
    violations = tuple(_violation(entry) for entry in file.entries("violations"))
    known = {v.id: v for v in violations}
    articles: list[Article] = []
    for group in file.entries("articles"):
        instrument = group.string("instrument")
        if instrument not in load_law().instruments:
            raise group.error(f"unknown instrument {instrument}")
        articles += [_article(entry, instrument, known) for entry in group.entries("list")]
        group.close()
    file.close()
    return Coverage(violations, tuple(articles))


def _violation(entry: Entry) -> Violation:
    name = entry.string("id")
    found = Violation(
        name,
        Text(entry.string("vi"), entry.string("en")),
        entry.strings("where"),
        entry.string("level", one_of=tuple(_LEVELS)),
        tuple(check.id for check in checks() if check.violation == name),
        entry.optional_strings("guards"),
        entry.optional_text("waits"),
    )
    entry.close()
    return found


def _article(entry: Entry, instrument: str, known: dict[str, Violation]) -> Article:
    at = entry.raw("at")
    names = entry.optional_strings("violations")
    if unknown := [name for name in names if name not in known]:
        raise entry.error(f"unknown violation {', '.join(unknown)}")
    about = [known[name] for name in names]
    own = entry.optional_text("waits")
    waits = [v.waits for v in about if v.waits is not None] + ([own] if own else [])
    judging = {check for v in about for check in v.checks}
    judging |= {check.id for check in checks() if _cites(check, instrument, at)}
    cited = load_law().instruments[instrument].short
    article = Article(
        instrument,
        f"{at} {cited}".strip(),
        at,
        entry.string("vi"),
        entry.string("seen", one_of=tuple(_SEEN)),
        names,
        tuple(sorted(judging)),
        tuple(dict.fromkeys(guard for v in about for guard in v.guards)),
        _joined(waits),
        entry.optional_text("nothing"),
    )
    if not names and article.nothing is None:
        raise entry.error("name violations, or say why there is nothing to judge")
    entry.close()
    return article


def _cites(check: Check, instrument: str, at: str) -> bool:
    """Whether a check cites the article itself (any point of it)."""
    word = re.compile(rf"{re.escape(at)}(?!\d)") if at else None
    return word is not None and any(
        cite.instrument == instrument and word.search(cite.at) for cite in check.citations
    )


def _joined(texts: list[Text]) -> Text | None:
    each = list(dict.fromkeys(texts))
    if not each:
        return None
    return Text("; ".join(t.vi for t in each), "; ".join(t.en for t in each))


def render() -> str:
    """The page of ``docs/reference``."""
    found = coverage()
    parts = [
        "# Cái gì được kiểm · Coverage",
        "",
        (
            "Trang này do `python -m sogoc.policy.coverage` viết ra; đừng sửa tay. / Generated; do "
            "not edit it."
        ),
        "",
        (
            "Mỗi vi phạm đoàn kiểm tra biết và mỗi điều của quy chế: phép kiểm nào xét, ràng buộc "
            "nào của cơ sở dữ liệu chặn, hoặc còn chờ gì. / Every violation inspectors know and "
            "every article: which check judges it, which constraint stops it, or what it waits for."
        ),
        "",
        (
            f"Vi phạm: {_counts(found.count('violations'))}. "
            f"Điều, khoản: {_counts(found.count('articles'))}."
        ),
        "",
        "## Vi phạm · Violations",
        "",
        "| Vi phạm | Nội dung | Nơi xét | Mức nên có | Trạng thái | Phép kiểm | Ràng buộc | Chờ |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for v in found.violations:
        cells = [v.id, v.name.vi, ", ".join(PLACES[p].vi for p in v.where), _LEVELS[v.level].vi]
        parts.append(
            _row([*cells, WORDS[v.state].vi, _ids(v.checks), _ids(v.guards), _text(v.waits)])
        )
    instrument = ""
    for a in found.articles:
        if a.instrument != instrument:
            instrument = a.instrument
            parts += ["", f"## {load_law().instruments[instrument].short}", ""]
            parts += ["| Điều | Nội dung | Nguồn | Trạng thái | Vi phạm | Phép kiểm | Chờ |"]
            parts += ["|---|---|---|---|---|---|---|"]
        about = ", ".join(a.violations)
        last = _text(a.nothing or a.waits)
        cells = [a.at or "–", a.name, _SEEN[a.seen], WORDS[a.state].vi, about, _ids(a.checks), last]
        parts.append(_row(cells))
    return "\n".join(parts) + "\n"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{WORDS[state].vi} {counts[state]}" for state in WORDS if state in counts)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell or "–" for cell in cells) + " |"


def _ids(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _text(text: Text | None) -> str:
    return text.vi if text is not None else ""


if __name__ == "__main__":
    sys.stdout.write(render())
