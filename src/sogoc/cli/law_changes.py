"""``sogoc law diff`` and ``sogoc law activate``: what changed for whom, and putting it in force."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

import click

from sogoc.cli.environment import Environment
from sogoc.cli.options import DAY, as_account
from sogoc.cli.output import Output, command, table
from sogoc.cli.session import choose_actor
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.policy import api as policy

_SEE_GAPS: Final = Text(" (xem “sogoc law gaps”)", " (see “sogoc law gaps”)")
_OTHER_CODE: Final = Text(
    "Cả hai xét bằng mã kiểm tra đang chạy; mã của bộ cũ đã khác, phần khác đó không đếm được.",
    "Both were judged by the program running now; the older code differed, and what that "
    "changed cannot be counted.",
)


class NotComparable(Error):
    """Two days, or two rule sets, are compared; nothing else."""


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--issuer", metavar="ORG", help="Chỉ sổ của đơn vị này. / This body's register only.")
@as_account
@click.pass_obj
@command
def diff(
    environment: Environment,
    *,
    old: str,
    new: str,
    issuer: str | None,
    account: str | None,
    output: Output,
) -> None:
    """Điều gì đổi, với ai: giữa hai ngày, hoặc hai bộ quy tắc. / What changed, for whom.

    OLD, NEW: hai ngày; hoặc hai mã bộ quy tắc của kho này (NEW có thể là «current»): khi đó xét
    lại sổ dưới cả hai. / Two days; or two rule sets known here: lines are judged under both.
    """
    days = _day(old), _day(new)
    if days[0] is not None and days[1] is not None:
        _between_days(output, days[0], days[1])
    if days[0] is not None or days[1] is not None:
        raise NotComparable(
            "day_and_rule_set",
            Text(
                "So sánh hai ngày, hoặc hai bộ quy tắc; không so một ngày với một bộ quy tắc.",
                "Compare two days or two rule sets, not a day with a rule set.",
            ),
        )
    _between_rule_sets(environment, output, old, new, issuer, account)


def _day(word: str) -> date | None:
    if word[:2] == "vn" or word == "current":
        return None
    return DAY.convert(word, None, None)


def _between_days(output: Output, old: date, new: date) -> None:
    law = policy.load_law()
    changes = policy.between_days(law, old, new)
    first, last = min(old, new), max(old, new)
    steps = policy.days_of_change(law, first, last)
    output.result(
        {
            "old": old,
            "new": new,
            "rule_set": law.rule_set_id,
            "days_of_change": steps,
            "changes": [change.plain() for change in changes],
            "lines": {"judged_differently": 0, "why": policy.CHANGES_NO_LINE},
        },
        lines=[
            say(f"Từ {old:%d/%m/%Y} sang {new:%d/%m/%Y}:", f"From {old} to {new}:"),
            *_sentences(law, changes),
            *_steps(steps),
            "",
            shown(policy.CHANGES_NO_LINE),
        ],
    )


def _sentences(law: policy.Law, changes: Sequence[policy.Change]) -> Iterator[str]:
    if not changes:
        yield say("Không có gì thay đổi.", "Nothing changed.")
    for sort, heading in policy.CHANGE_WORDS.items():
        mine = [change for change in changes if change.sort == sort]
        if not mine:
            continue
        yield ""
        if sort == "unknown":
            names = dict.fromkeys(shown(law.topics[c.topic].name) for c in mine)
            yield f"{shown(heading)}{shown(_SEE_GAPS)}:"
            listed = ", ".join(names) + "."
            yield from textwrap.wrap(listed, 96, initial_indent=_IN, subsequent_indent=_IN)
            continue
        yield shown(heading)
        yield from (f"  - {_in_lines(shown(change.sentence))}" for change in mine)


_IN: Final = "    "
_PARTS_OF_A_SENTENCE: Final = re.compile(
    r" (?=(?:Trước đó|Nay|Nay có|Thôi áp dụng|Before|Now|New|No longer): )"
)


def _in_lines(sentence: str) -> str:
    """What was and what is on lines of their own, one under the other."""
    return _PARTS_OF_A_SENTENCE.sub(f"\n{_IN}", sentence)


def _steps(steps: Sequence[date]) -> Iterator[str]:
    if len(steps) > 1:
        listed = ", ".join(f"{day:%d/%m/%Y}" for day in steps)
        yield ""
        yield say(f"Luật đổi vào các ngày: {listed}.", f"The law changed on: {listed}.")


def _between_rule_sets(
    environment: Environment,
    output: Output,
    old: str,
    new: str,
    issuer: str | None,
    account: str | None,
) -> None:
    environment.start()
    from sogoc.credentials.rules import api as rules
    from sogoc.credentials.sweep import api as sweeps

    by = choose_actor(
        environment, output, "sweep.run", account=account, organisation=issuer, sees_all=not issuer
    )
    running = policy.load_law().rule_set_id
    ids = [running if word == "current" else word for word in (old, new)]
    before, after = (rules.law_of(name, by=by) for name in ids)
    changes = policy.between_laws(before.law, after.law)
    replay = sweeps.compare_laws(
        by=by, as_of=environment.today(), old=before.law, new=after.law, issuer=issuer
    )
    same_code = before.same_code and after.same_code
    output.result(
        {
            "old": ids[0],
            "new": ids[1],
            "changes": [change.plain() for change in changes],
            "same_code": same_code,
            "lines": {
                "judged": replay.lines,
                "judged_differently": replay.different,
                "by_check": [
                    {"check": c.check, "found_now": c.found_now, "no_longer": c.no_longer,
                     "other_level": c.other_level}
                    for c in replay.by_check
                ],
            },
        },
        lines=[
            f"{ids[0]} → {ids[1]}",
            *_sentences(after.law, changes),
            "",
            *_replay_lines(replay),
            *([] if same_code else [shown(_OTHER_CODE)]),
        ],
    )  # fmt: skip


def _replay_lines(replay: Any) -> Iterator[str]:
    yield say(
        f"Xét lại {replay.lines} dòng sổ dưới cả hai: {replay.different} dòng có kết luận khác.",
        f"{replay.lines} registered lines judged under both: {replay.different} differently.",
    )
    if replay.by_check:
        yield from table(
            [
                say("Quy tắc", "Check"),
                say("Nay phát hiện", "Found now"),
                say("Không còn", "No longer"),
                say("Mức khác", "Other level"),
            ],
            [(c.check, c.found_now, c.no_longer, c.other_level) for c in replay.by_check],
        )


# --- putting a rule set in force --------------------------------------------------------------


@click.group()
def activate() -> None:
    """Đưa bộ quy tắc vào áp dụng, bởi hai người. / Put a rule set in force, by two persons."""


@activate.command()
@click.option("--from", "valid_from", type=DAY, help="Áp dụng từ; để trống: hôm nay. / From.")
@click.option("--reason", required=True, help="Lý do. / Reason.")
@as_account
@click.pass_obj
@command
def propose(
    environment: Environment,
    *,
    valid_from: date | None,
    reason: str,
    account: str | None,
    output: Output,
) -> None:
    """Đề nghị bộ quy tắc của phần mềm đang chạy. / Propose the running program's rule set."""
    environment.start()
    from sogoc.credentials.rules import api as rules

    by = choose_actor(environment, output, "rules.propose", account=account)
    today = environment.today()
    made = rules.propose_rule_set(
        valid_from=valid_from or today, reason=reason, by=by, at=environment.now(), today=today
    )
    _show(output, made)


@activate.command()
@click.argument("rule_set", required=False)
@as_account
@click.pass_obj
@command
def confirm(
    environment: Environment, *, rule_set: str | None, account: str | None, output: Output
) -> None:
    """Xác nhận, bởi người khác. / Confirm, by another officer."""
    environment.start()
    from sogoc.credentials.rules import api as rules
    from sogoc.people import api as people

    name = rule_set or policy.load_law().rule_set_id
    machine = people.Actor.system("command line")
    proposers = frozenset(
        row.proposed_by
        for row in rules.activations(by=machine)
        if row.rule_set == name and not row.is_confirmed
    )
    by = choose_actor(environment, output, "rules.activate", account=account, excluding=proposers)
    _show(output, rules.confirm_rule_set(rule_set=name, by=by, at=environment.now()))


@activate.command("list")
@as_account
@click.pass_obj
@command
def list_(environment: Environment, *, account: str | None, output: Output) -> None:
    """Các bộ quy tắc của kho này. / Rule sets of this home."""
    environment.start()
    from sogoc.credentials.rules import api as rules

    by = choose_actor(environment, output, "rules.propose", account=account)
    rows = rules.activations(by=by)
    active = rules.active_on(environment.today(), by=by)
    output.result(
        {
            "rule_sets": [_dict(row) for row in rows],
            "active": active.rule_set if active is not None else None,
            "running": policy.load_law().rule_set_id,
        },
        lines=table(
            [say("Bộ quy tắc", "Rule set"), say("Từ", "From"), say("Đề nghị", "Proposed"),
             say("Xác nhận", "Confirmed")],
            [(r.rule_set, r.valid_from, r.proposed_by, r.confirmed_by or "–") for r in rows],
        ),
    )  # fmt: skip


def _dict(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).__dataclass_fields__}


def _show(output: Output, row: Any) -> None:
    waits = say("chờ người thứ hai xác nhận", "waits for a second officer")
    done = say("đã xác nhận", "confirmed")
    first, since = say("áp dụng từ", "from"), f"{row.valid_from:%d/%m/%Y}"
    output.result(
        _dict(row),
        lines=[
            f"{row.rule_set}: {done if row.is_confirmed else waits}, {first} {since}",
            *(f"  - {shown(sentence)}" for sentence in row.summary),
        ],
    )
