"""``sogoc law show | timeline | values | gaps``: what an instrument says, what held for a kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY
from sogoc.cli.output import Output, command
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error
from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.policy import api as policy

CONFIDENCE = {
    "found": Text("đã thấy", "seen"),
    "recalled": Text("theo trí nhớ", "recalled"),
    "uncertain": Text("chưa chắc chắn: cần xin ý kiến", "uncertain: ask for a ruling"),
}


class UnknownWord(Error):
    """No kind or topic is called so."""


@click.command()
@click.argument("instrument")
@click.option("--on", type=DAY, help="Chỉ điều có hiệu lực ngày này. / In force that day only.")
@click.pass_obj
@command
def show(environment: Environment, *, instrument: str, on: date | None, output: Output) -> None:
    """Một văn bản nói gì, theo điều. / What an instrument says, by article.

    INSTRUMENT: số, số cũ, mã hay viết gần đúng («tt21/2019»). / number, old number, id, loosely.
    """
    law = policy.load_law()
    found = policy.find_instrument(law, instrument)
    said = policy.sayings(law, found.id, on)
    checks = [c for c in policy.checks() if any(p.instrument == found.id for p in c.citations)]
    today = environment.today()
    data = {
        "instrument": _instrument(law, found),
        "on": on,
        "says": [{"at": s.at, **s.provision.plain(law)} for s in said],
        "checks": [{"id": c.id, "rule": c.message, "at": _places(c, found.id)} for c in checks],
        "overdue": found.checked.is_overdue(today),
        "rule_set": law.rule_set_id,
    }
    output.result(data, lines=[*_head(law, found, today), *_said(law, said, today, checks)])


def _instrument(law: policy.Law, found: policy.Instrument) -> dict[str, Any]:
    return {
        "id": found.id,
        "number": found.number or found.short,
        "short": found.short,
        "title": found.title,
        "issuer": found.issuer,
        "signed": found.signed,
        "from": found.period.start,
        "until": found.period.until,
        "replaced_by": [law.instruments[n].short for n in found.replaced_by],
        "amends": [law.instruments[n].short for n in found.amends],
        "amended_by": [i.short for i in law.instruments.values() if found.id in i.amends],
        "other_numbers": list(found.other_numbers),
        "confidence": found.confidence,
        "note": found.note,
        "reviewed": found.checked.reviewed,
        "review_by": found.checked.review_by,
    }


def _head(law: policy.Law, found: policy.Instrument, today: date) -> Iterator[str]:
    about = _instrument(law, found)
    yield f"{found.short} – {found.title}"
    signed = f", {say('ký', 'signed')} {found.signed:%d/%m/%Y}" if found.signed else ""
    yield f"{shown(found.issuer)}{signed}; {say('hiệu lực', 'in force')} {span(found.period)}"
    for key, words in (
        ("amends", say("Sửa đổi", "Amends")),
        ("amended_by", say("Được sửa đổi bởi", "Amended by")),
        ("replaced_by", say("Được thay bằng", "Replaced by")),
        ("other_numbers", say("Số khác", "Other numbers")),
    ):
        if about[key]:
            yield f"{words}: {', '.join(about[key])}"
    yield source(found.confidence, found.note, found.checked, today)


def _said(
    law: policy.Law,
    said: Sequence[policy.Saying],
    today: date,
    checks: Sequence[policy.Check],
) -> Iterator[str]:
    for saying in said:
        p = saying.provision
        yield ""
        yield f"{saying.at or '–'} · {shown(law.topics[p.topic].name)} · {p.id}"
        yield from provision_lines(law, p, today)
    if checks:
        yield ""
        yield say("Quy tắc kiểm tra viện dẫn:", "Checks that cite it:")
        yield from (f"  {check.id}: {shown(check.message)}" for check in checks)


def _places(check: policy.Check, instrument: str) -> list[str]:
    return [c.at for c in check.citations if c.instrument == instrument]


@click.command()
@click.argument("kind")
@click.pass_obj
@command
def timeline(environment: Environment, *, kind: str, output: Output) -> None:
    """Một loại qua các thời kỳ: ai cấp, ai ký, thời hạn, mẫu. / A kind through time."""
    law = policy.load_law()
    found = law.find_kind(kind)
    if found is None:
        raise UnknownWord(
            "unknown_kind",
            Text(
                f"Không có loại “{kind}”; xem “sogoc law kinds”.",
                f"No kind is called “{kind}”; see “sogoc law kinds”.",
            ),
            word=kind,
        )
    sections = policy.timeline(law, found)
    today = environment.today()
    output.result(
        {
            "kind": found.id,
            "name": found.name,
            "other_names": list(found.synonyms),
            "standing": found.standing,
            "sections": [
                {
                    "topic": section.topic,
                    "name": section.name,
                    "spans": [p.plain(law) for p in section.spans],
                }
                for section in sections
            ],
            "rule_set": law.rule_set_id,
        },
        lines=_timeline_lines(law, found, sections, today),
    )


def _timeline_lines(
    law: policy.Law, kind: policy.Kind, sections: Sequence[policy.Section], today: date
) -> Iterator[str]:
    yield shown(kind.name)
    if kind.synonyms:
        yield f"{say('Tên khác, tên cũ', 'Other and old names')}: {', '.join(kind.synonyms)}"
    for section in sections:
        yield ""
        yield shown(section.name)
        for p in section.spans:
            signers = ", ".join(p.detail.get("signers") or ())
            sign = f" · {say('ký', 'signs')}: {signers}" if signers else ""
            act = f"{shown(about(p.about))}: " if p.about in _ACTS else ""
            yield f"  {span(p.period)}  {act}{shown(p.short)}{sign}"
            yield f"      {law.cite(p.basis)} · {source(p.confidence, p.note, p.checked, today)}"


@click.command()
@click.option("--topic", help="Chủ đề: mã hoặc một phần tên. / Topic: id or part of its name.")
@click.option("--on", type=DAY, help="Có hiệu lực ngày này. / In force that day.")
@click.option("--kind", help="Chỉ của loại này. / Of this kind only.")
@click.pass_obj
@command
def values(
    environment: Environment,
    *,
    topic: str | None,
    on: date | None,
    kind: str | None,
    output: Output,
) -> None:
    """Mọi giá trị của luật, có ngày và căn cứ. / Every value of the law, dated and cited."""
    law = policy.load_law()
    topics = _topics(law, topic)
    found_kind = law.find_kind(kind) if kind is not None else None
    if kind is not None and found_kind is None:
        raise UnknownWord(
            "unknown_kind", Text(f"Không có loại “{kind}”.", f"No kind is called “{kind}”.")
        )
    found = [
        p
        for p in policy.provisions_in_force(law, on, kind=found_kind.id if found_kind else None)
        if p.topic in topics
    ]
    today = environment.today()
    lines = []
    for p in found:
        lines.append(f"{shown(law.topics[p.topic].name)} · {p.id} · {span(p.period)}")
        lines += provision_lines(law, p, today)
    output.result(
        {
            "values": [{**p.plain(law), "overdue": p.checked.is_overdue(today)} for p in found],
            "topics": [{"id": t, "name": law.topics[t].name} for t in topics],
            "rule_set": law.rule_set_id,
        },
        lines=lines,
    )


def _topics(law: policy.Law, word: str | None) -> list[str]:
    from sogoc.kernel.names import fold

    if word is None:
        return list(law.topics)
    if word in law.topics:
        return [word]
    wanted = fold(word)
    found = [
        t.id
        for t in law.topics.values()
        if wanted in fold(t.name.vi) or wanted in fold(t.name.en) or wanted in t.id
    ]
    if not found:
        names = ", ".join(law.topics)
        raise UnknownWord(
            "unknown_topic",
            Text(
                f"Không có chủ đề “{word}”. Có: {names}.", f"No topic “{word}”. There are: {names}."
            ),
            word=word,
        )
    return found


@click.command()
@click.pass_obj
@command
def gaps(environment: Environment, *, output: Output) -> None:
    """Ngày chưa biết quy định nào, tên cũ chưa xác nhận. / Days without a rule, unsure names."""
    law = policy.load_law()
    found = policy.gaps(law)
    unsure = [*_unsure_names(), *_unsure_provinces(environment)]
    output.result(
        {
            "gaps": [
                {
                    "topic": gap.topic,
                    "name": law.topics[gap.topic].name,
                    "about": gap.about or None,
                    "kinds": list(gap.kinds),
                    "from": gap.period.start,
                    "until": gap.period.until,
                }
                for gap in found
            ],
            "uncertain": unsure,
            "rule_set": law.rule_set_id,
        },
        lines=[
            f"{shown(law.topics[g.topic].name)}{f' ({shown(about(g.about))})' if g.about else ''}"
            f": {span(g.period)}{f' – {chr(44).join(g.kinds)}' if g.kinds else ''}"
            for g in found
        ]
        + [_unsure_line(one) for one in unsure],
    )


def _unsure_names() -> list[dict[str, Any]]:
    """Old names of kinds whose years nobody confirmed."""
    return [
        {
            "about": "kind",
            "name": name.shown,
            "kind": name.kind,
            "from": name.period.start,
            "until": name.period.until,
            "unsure_of": ["from", "until"] if name.period.start else ["until"],
            "source": None,
        }
        for name in policy.old_names()
        if name.confidence == "uncertain"
    ]


def _unsure_provinces(environment: Environment) -> list[dict[str, Any]]:
    """Provinces that are no more, of whose period an end is not confirmed."""
    return [
        {
            "about": "province",
            "name": province.name,
            "kind": None,
            "from": province.valid_from,
            "until": province.valid_until,
            "unsure_of": sorted(province.uncertain),
            "source": province.source,
        }
        for province in environment.old_provinces()
        if province.uncertain
    ]


def _unsure_line(one: dict[str, Any]) -> str:
    ends = {"from": say("ngày đầu", "first day"), "until": say("ngày cuối", "last day")}
    which = ", ".join(ends[end] for end in one["unsure_of"])
    what = {"kind": say("Tên cũ của loại", "Old name"), "province": say("Tỉnh cũ", "Old province")}
    period = span(Period(one["from"], one["until"]))
    unsure = say(f"chưa xác nhận {which}", f"{which} not confirmed")
    source = f" ({one['source']})" if one["source"] else ""
    return f"{what[one['about']]} «{one['name']}»: {period}; {unsure}{source}"


# --- words ------------------------------------------------------------------------------------

_ACTS = frozenset(policy.ACT_WORDS)


def about(word: str) -> Text:
    """An act in words; other things by their short name."""
    return policy.ACT_WORDS.get(word, Text(word, word))


def span(period: Any) -> str:
    """A period as people write it: first and last day."""
    first = f"{period.start:%d/%m/%Y}" if period.start else "…"
    last = f"{period.last_day:%d/%m/%Y}" if period.last_day else say("nay", "now")
    return f"{first} – {last}"


def source(confidence: str, note: Text | None, checked: policy.Provenance, today: date) -> str:
    """How sure we are, since when, and that somebody is late to look again."""
    words = shown(CONFIDENCE[confidence])
    if note is not None:
        words += f" ({shown(note)})"
    words += f"; {say('rà soát', 'reviewed')} {checked.reviewed:%d/%m/%Y}"
    if checked.is_overdue(today):
        by = f"{checked.review_by:%d/%m/%Y}"
        words += say(f" – QUÁ HẠN RÀ SOÁT (hạn {by})", f" – REVIEW OVERDUE (was due {by})")
    return words


def provision_lines(law: policy.Law, p: policy.Provision, today: date) -> Iterator[str]:
    """A provision in a few indented lines."""
    yield f"  {shown(p.text)}"
    if p.kinds:
        yield f"  {say('Loại', 'Kinds')}: " + ", ".join(shown(law.kinds[k].name) for k in p.kinds)
    if p.issuer_kinds:
        names = ", ".join(shown(law.capacities[c].name) for c in p.issuer_kinds)
        yield f"  {say('Tư cách', 'Capacities')}: {names}"
    yield f"  {law.cite(p.basis)} · {source(p.confidence, p.note, p.checked, today)}"
