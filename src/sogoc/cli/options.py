"""Types and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click


class Day(click.ParamType[date]):
    """A day: ``2025-04-10`` or ``10/04/2025``."""

    name = "D"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day or fail with both accepted forms."""
        if isinstance(value, date):
            return value
        text = str(value).strip()
        try:
            if "/" in text:
                day, month, year = (int(part) for part in text.split("/"))
                return date(year, month, day)
            return date.fromisoformat(text)
        except ValueError:
            self.fail(
                f"«{text}» không phải một ngày (2025-04-10 hoặc 10/04/2025). / not a day",
                param,
                ctx,
            )


DAY = Day()
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


def stacked(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Join options into one decorator, shown in the order given."""

    def decorate(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


as_account = click.option(
    "--as", "account", metavar="NAME", help="Tài khoản thực hiện. / Account that acts."
)

list_options = stacked(
    click.option("--kind", required=True, help="Loại văn bằng, chứng chỉ. / Credential kind."),
    click.option(
        "--issuer",
        "issuers",
        multiple=True,
        required=True,
        metavar="[SHEET=]ORG",
        help="Đơn vị cấp; nhiều sheet thì TÊN SHEET=MÃ. / Issuer, one per sheet if need be.",
    ),
    click.option("--signatory", required=True, help="Chức danh người ký. / Signatory's title."),
    click.option("--date", "on", type=DAY, help="Ngày cấp. / Date of issue."),
    click.option("--exam-date", type=DAY, help="Ngày thi. / Exam date."),
    click.option("--decision-no", help="Số quyết định công nhận. / Recognition decision number."),
    click.option("--decision-date", type=DAY, help="Ngày quyết định. / Decision date."),
    click.option("--decision-by", metavar="ORG", help="Nơi ra quyết định. / Body that decided."),
    click.option(
        "--decision-rows",
        type=click.IntRange(1),
        metavar="N",
        help="Số người được quyết định công nhận. / How many people the decision recognises.",
    ),
    click.option("--decision-signer", help="Người ký quyết định. / Signer of the decision."),
    click.option("--submitted-by", metavar="ORG", help="Đơn vị lập danh sách. / Submitter."),
    click.option("--sheet", help="Chỉ đọc sheet này. / Read this sheet only."),
    click.option("--level", type=int, help="Bậc, trình độ. / Level."),
    click.option(
        "--learners-confirmed-on",
        type=DAY,
        help="Ngày người học xác nhận thông tin. / Day the learners confirmed their data.",
    ),
    click.option(
        "--map",
        "answers",
        multiple=True,
        metavar="HEADER=FIELD",
        help="Trả lời cột chưa rõ. / Answer for a header that could not be mapped.",
    ),
)
