"""``sogoc law``: what the law says on a day. Needs no database."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from sogoc.cli.law_changes import activate, diff
from sogoc.cli.law_reading import gaps, show, timeline, values
from sogoc.cli.options import DAY
from sogoc.cli.output import FINE, Output, command, table
from sogoc.cli.words import language, say, shown
from sogoc.policy import api as policy


@click.group()
def law() -> None:
    """Luật theo ngày: thẩm quyền, loại, văn bản, quy tắc. / The law on a day."""


@law.command()
@click.option("--kind", required=True, help="Loại văn bằng, chứng chỉ. / Credential kind.")
@click.option("--date", "on", type=DAY, required=True, help="Ngày của hành vi. / Day of the act.")
@click.option("--issuer-kind", help="Tư cách của đơn vị cấp. / Capacity of the issuer.")
@click.option("--signatory", help="Chức danh người ký. / Title of the signatory.")
@click.option("--level", type=int, help="Bậc, trình độ. / Level.")
@click.option(
    "--act",
    type=click.Choice(["issue", "reissue", "correct", "copy", "revoke"]),
    default="issue",
    help="Hành vi. / Act.",
)
@command
def authority(
    *,
    kind: str,
    on: date,
    issuer_kind: str | None,
    signatory: str | None,
    level: int | None,
    act: Any,
    output: Output,
) -> None:
    """Ai được cấp gì, ngày nào, theo điều nào. / Who may issue what on a day, by which article."""
    verdict = policy.authority(
        kind, on, act=act, issuer_kind=issuer_kind, title=signatory, level=level
    )
    data = {
        **verdict.as_dict(language()),
        "kind": kind,
        "date": on,
        "act": act,
        "rule_set": policy.load_law().rule_set_id,
    }
    output.result(
        data,
        lines=[
            shown(policy.VERDICT_WORDS[verdict.verdict]),
            shown(verdict.why),
            f"{say('Căn cứ', 'Basis')}: {verdict.basis or '–'}",
        ],
        code=FINE,
    )


@law.command()
@command
def kinds(*, output: Output) -> None:
    """Các loại văn bằng, chứng chỉ. / Kinds of credentials."""
    rows = [
        {
            "kind": kind.id,
            "name": kind.name,
            "category": kind.category,
            "standing": kind.standing,
            "other_names": kind.synonyms,
        }
        for kind in policy.load_law().kinds.values()
    ]
    output.result(
        {"kinds": rows},
        lines=table(
            [say("Mã", "Code"), say("Tên", "Name")], [(r["kind"], r["name"]) for r in rows]
        ),
    )


@law.command()
@command
def instruments(*, output: Output) -> None:
    """Văn bản quy phạm và thời gian hiệu lực. / Legal instruments and when they are in force."""
    rows = [
        {
            "id": found.id,
            "number": found.short,
            "title": found.title,
            "from": found.period.start,
            "until": found.period.until,
            "confidence": found.confidence,
        }
        for found in policy.load_law().instruments.values()
    ]
    output.result(
        {"instruments": rows},
        lines=table(
            [say("Số", "Number"), say("Từ", "From"), say("Đến trước", "Until"), say("Tên", "Name")],
            [(r["number"], r["from"] or "", r["until"] or "", r["title"]) for r in rows],
        ),
    )


@law.command()
@command
def checks(*, output: Output) -> None:
    """Các quy tắc kiểm tra đang dùng. / The checks in use."""
    law_now = policy.load_law()
    rows = [
        {
            "id": check.id,
            "violation": check.violation,
            "scope": check.scope,
            "rule": check.message,
            "remedy": check.remedy,
            "citations": [law_now.cite((place,)) for place in check.citations],
            "from": check.period.start,
            "until": check.period.until,
            "reviewed": check.reviewed,
        }
        for check in policy.checks()
    ]
    output.result(
        {"rule_set": law_now.rule_set_id, "checks": rows},
        lines=table(
            [say("Mã", "Id"), say("Vi phạm", "Violation"), say("Quy tắc", "Rule")],
            [(r["id"], r["violation"] or "", r["rule"]) for r in rows],
        ),
    )


for _more in (show, timeline, values, gaps, diff, activate):
    law.add_command(_more)
