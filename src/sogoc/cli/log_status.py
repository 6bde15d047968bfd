"""``sogoc log status``: where each log stands, and why it does not go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sogoc.cli.environment import Environment
from sogoc.cli.output import FINDINGS, FINE, Output, command
from sogoc.cli.words import say, shown

if TYPE_CHECKING:
    from sogoc.credentials.log.api import StreamStatus


@click.command()
@click.pass_obj
@command
def status(environment: Environment, *, output: Output) -> None:
    """Mỗi nhật ký đến đâu: đã xếp chỗ, đã ký, đã công bố; bên chứng kiến nào im.

    / Where each log stands: placed, signed, published; which witness is silent.
    """
    environment.start()
    from sogoc.credentials.log import api as log

    home = environment.home
    found = log.log_status(home, base=environment.log_origin)
    bad = [each for each in found if each.state in ("read_only", "refused")]
    # a demo home's date is not that of its witnesses: no age there
    ages = () if environment.is_playground else log.freshness(home, base=environment.log_origin)
    late = log.age_problems(ages, now=environment.now())
    output.result(
        {
            "ok": not bad and not late,
            "logs": [_as_data(each) for each in found],
            "late": [each.message for each in late],
        },
        lines=[
            *(line for each in found for line in _as_lines(each)),
            *(f"  ✗ {shown(each.message)}" for each in late),
        ]
        or [say("Chưa có nhật ký nào.", "There is no log yet.")],
        code=FINDINGS if bad or late else FINE,
    )


def _as_data(each: StreamStatus) -> dict[str, Any]:
    return {
        "stream": each.stream,
        "origin": each.origin,
        "placed": each.placed,
        "locked": each.locked,
        "signed": each.signed,
        "published": each.published,
        "state": each.state,
        "why": each.why,
        "witnesses": {one.name: one.size for one in each.witnesses},
    }


def _as_lines(each: StreamStatus) -> list[str]:
    states = {
        "current": say("đã công bố hết", "all published"),
        "waiting": say("đang chờ ghi hoặc chờ bên chứng kiến", "waiting"),
        "read_only": say("CHỈ ĐỌC", "READ-ONLY"),
        "refused": say("DỪNG KÝ", "NOT SIGNING"),
    }
    signed = "?" if each.signed is None else each.signed
    return [
        say(
            f"{each.origin}: {states[each.state]}; {each.placed} mục, đã ký {signed}, đã công bố "
            f"{each.published}.",
            f"{each.origin}: {states[each.state]}; {each.placed} entries, {signed} signed, "
            f"{each.published} published.",
        ),
        *([f"  {shown(each.why)}"] if each.why is not None else []),
        *(_witness_line(one.name, one.size) for one in each.witnesses),
    ]


def _witness_line(name: str, size: int | None) -> str:
    if size is None:
        return say(
            f"  ✗ {name}: không có trả lời dưới khóa của bên này",
            f"  ✗ {name}: no answer under its key",
        )
    return say(f"  · {name}: giữ {size} mục", f"  · {name}: holds {size} entries")
