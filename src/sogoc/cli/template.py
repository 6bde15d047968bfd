"""``sogoc batch template``: a workbook for a unit to fill in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY
from sogoc.cli.output import Output, command
from sogoc.cli.words import say

if TYPE_CHECKING:
    from sogoc.intake.api import TemplateColumn
    from sogoc.policy.api import Kind, Law, ListForm

_NO_UNIT = "ĐƠN VỊ CẤP: ……………………………"


@click.command()
@click.option("--kind", required=True, help="Loại văn bằng, chứng chỉ. / Kind of credential.")
@click.option("--issuer", help="Mã đơn vị cấp, để ghi tên. / Issuer's code, to fill in its name.")
@click.option("--date", "on", type=DAY, help="Ngày cấp dự kiến. / Intended day of issue.")
@click.option(
    "-o",
    "--output-file",
    "target",
    required=True,
    help="Tệp .xlsx. / The .xlsx to write.",
    type=click.Path(dir_okay=False, path_type=Path),
)
@click.pass_obj
@command
def template(
    environment: Environment,
    /,
    *,
    kind: str,
    issuer: str | None,
    on: date | None,
    target: Path,
    output: Output,
) -> None:
    """Tệp mẫu theo cột của sổ gốc, có danh sách chọn. / The register's columns, with choices."""
    from sogoc.intake.api import make_template
    from sogoc.policy.api import list_form, load_law

    law = load_law()
    known = law.find_kind(kind)
    if known is None or known.standing == "none":
        raise click.UsageError(f"--kind: {kind}?")
    form = list_form(known, on or environment.today(), law)
    columns = columns_of(form, law)
    unit = _unit(environment, issuer) if issuer else _NO_UNIT
    heading = (unit, f"DANH SÁCH CẤP {known.name.vi.upper()}")
    target.write_bytes(make_template(heading, columns, guide_of(form, known)))
    output.result(
        {
            "file": str(target),
            "kind": known.id,
            "date": form.on,
            "form": form.form.id,
            "prescribed": form.is_prescribed,
            "fields": [column.field for column in columns],
        },
        lines=[say(f"Đã ghi {target}.", f"Written: {target}."), _whose(form)],
    )


def columns_of(form: ListForm, law: Law) -> list[TemplateColumn]:
    """Return the columns of a list's form with what may be chosen in each."""
    from sogoc.intake.api import TemplateColumn
    from sogoc.policy.api import GRADES, MODES, RESULTS

    choices = {
        "grade": GRADES,
        "result": RESULTS,
        "level": form.levels,
        "training_mode": MODES,
    }
    numbers = [column.field for column in form.columns if column.field not in form.from_checks]
    columns = []
    for column in form.columns:
        field = column.field
        scale = law.scale(form.kind.id, field)
        is_ours = field in form.from_checks
        at = "" if is_ours else f"Mẫu {form.letter}, cột {numbers.index(field) + 1}"
        columns.append(
            TemplateColumn(
                field,
                column.heading.vi,
                is_optional=column.is_optional or field in _LATER,
                source=at or "Quy tắc kiểm tra",
                choices=choices.get(field, ()),
                scale=(scale.low, scale.high) if scale else None,
            )
        )
    return columns


_LATER = frozenset({"serial", "entry_number", "receiver_signature"})
"""Columns of the register that are filled in when the credential is issued or handed over."""


def guide_of(form: ListForm, kind: Kind) -> list[str]:
    """Return the first lines of the instructions: which form it is, and what belongs above it."""
    lines = [_whose(form, "vi")]
    if form.above:
        above = "; ".join(text.vi for text in form.above)
        lines.append(f"Phía trên bảng của sổ gốc còn ghi: {above}.")
    if kind.entry:
        year = form.on.year
        example = kind.entry.format(seq=12, year=year, yy=f"{year % 100:02}", unit="023")
        lines.append(f"Số vào sổ do sổ gốc cấp, thường có dạng {example}.")
    return lines


def _whose(form: ListForm, language: str = "") -> str:
    from sogoc.policy.api import load_law

    name, basis = form.form.what, load_law().cite(form.form.basis)
    if form.is_prescribed:
        vi, en = f"{name.vi} ({basis}).", f"{name.en} ({basis})."
    else:
        vi = (
            f"Dữ liệu luật không có mẫu sổ cho loại này ngày {form.on:%d/%m/%Y}; cột theo "
            f"{name.vi} ({basis})."
        )
        en = (
            f"The law data have no form for this kind on {form.on}; columns follow {name.en} "
            f"({basis})."
        )
    return vi if language == "vi" else say(vi, en)


def _unit(environment: Environment, code: str) -> str:
    environment.start()
    from sogoc.people import api as people

    with people.acting(people.Actor.system("command line")):
        return people.get_organisation(code).name.upper()
