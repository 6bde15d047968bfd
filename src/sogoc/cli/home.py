"""``sogoc init``, ``stop``, ``backup`` and ``restore``."""

from __future__ import annotations

from pathlib import Path

import click

from sogoc.cli.environment import Environment
from sogoc.cli.output import Output, command
from sogoc.cli.words import say


@click.command()
@click.option("--demo", is_flag=True, help="Kho thử với đơn vị mẫu. / A demo home.")
@click.pass_obj
@command
def init(environment: Environment, *, demo: bool, output: Output) -> None:
    """Tạo kho dữ liệu; chạy lại vô hại. / Make the home; running it again changes nothing."""
    made = environment.initialise(demo=demo, say=lambda text: click.echo(text, err=True))
    output.result(
        made,
        lines=[
            say(f"Kho dữ liệu: {made['home']} ({made['mode']})", f"Home: {made['home']}"),
            say(f"Ngày nghiệp vụ: {made['business_date']}", f"Date: {made['business_date']}"),
        ],
    )


@click.command()
@click.pass_obj
@command
def stop(environment: Environment, *, output: Output) -> None:
    """Dừng máy chủ dữ liệu nhúng và bên chứng kiến thử. / Stop what runs for this home."""
    ran = environment.stop()
    output.result(
        {"stopped": ran},
        lines=[say("Đã dừng." if ran else "Không chạy.", "Stopped." if ran else "Not running.")],
    )


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
@command
def backup(environment: Environment, *, target: Path, output: Output) -> None:
    """Sao lưu ra một tệp. / Write a backup file."""
    environment.start()
    done = environment.backup(target)
    output.result(done, lines=[say(f"Đã sao lưu vào {target}", f"Backed up to {target}")])


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--accept-loss",
    is_flag=True,
    help="Nhận cả bản cũ hơn nhật ký, để xem mất gì. / Take an older backup, to see what is lost.",
)
@click.pass_obj
@command
def restore(environment: Environment, *, source: Path, accept_loss: bool, output: Output) -> None:
    """Khôi phục từ tệp sao lưu; không đụng tới khóa ký của nhật ký. / Restore from a backup."""
    done = environment.restore(source, accept_loss=accept_loss)
    output.result(done, lines=[say("Đã khôi phục.", "Restored.")])
