"""``sogoc trust``: what others need to judge our documents without us."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import click

from sogoc.cli.environment import Environment
from sogoc.cli.output import Output, command
from sogoc.cli.words import say


@click.group()
def trust() -> None:
    """Gói tin cậy cho người kiểm ngoại tuyến. / The bundle for those who verify offline."""


@trust.command()
@click.option(
    "-o",
    "--output-file",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Tệp ghi ra. / The file to write.",
)
@click.option("--history", is_flag=True, help="Mọi danh sách trạng thái đã lưu. / Every list.")
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    help="Ghi cả các tệp công khai (did.json, danh sách) vào thư mục. / Write the public files.",
)
@click.pass_obj
@command
def export(
    environment: Environment, *, target: Path, history: bool, site: Path | None, output: Output
) -> None:
    """Ghi khóa theo thời gian, thẩm quyền, điểm kiểm và danh sách trạng thái mới nhất vào một tệp.

    Người nhận tin tệp này bằng cách nhận nó qua đường tin cậy; so SHA-256 in ra.

    / Write keys with their periods, authority, checkpoints and the newest status lists to one file.
    Who receives it must trust the way it came: compare the SHA-256 printed.
    """
    environment.start()
    from sogoc.credentials.trust import api

    base = environment.log_origin
    bundle = api.export_trust(
        environment.home,
        base=base,
        at=environment.now(),
        is_playground=environment.is_playground,
        every_list=history,
    )
    data = json.dumps(bundle, ensure_ascii=False, indent=1).encode() + b"\n"
    target.write_bytes(data)
    files = [] if site is None else api.write_site(bundle, environment.home, site, base=base)
    digest = sha256(data).hexdigest()
    output.result(
        {
            "file": str(target),
            "sha256": digest,
            "development": bundle["development"],
            "bodies": len(bundle["authority"]),
            "logs": [each["origin"] for each in bundle["logs"]],
            "status_lists": len(bundle["status_lists"]),
            "site": files,
        },
        lines=[
            say(f"Đã ghi {target}", f"Wrote {target}"),
            f"SHA-256 {digest}",
            *(
                [say("Gồm khóa thử nghiệm.", "Development keys are in it.")]
                if bundle["development"]
                else []
            ),
        ],
    )
