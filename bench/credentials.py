"""Digital credentials signed in a batch, beside Digital Bazaar's library for Node.

Of each line everything is its own: name, serial, status index, leaf, opening of the commitment,
tlog-proof; the document is built, its N-Quads are put together, hashed and signed. The pair is the
same line with an Ed25519 and with a P-256 proof, as two files. One core; the peer signs one of
these documents again and again, its contexts at hand.
"""

from __future__ import annotations

import base64
import json
import os
import statistics
import subprocess
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.place import Stopwatch, say
from bench.result import Measure, Result

TITLE = "signed digital credentials"
FULL = 50_000
ROUNDS = 3
PEER = 1_000
BASE, BODY, KIND = "so.example", "truong-mau", "cc_cntt_co_ban"
ONE, PAIR = 8_000, 4_500
NODE = Path(__file__).parents[1] / "tests" / "judges" / "node"
_NAMES = ("Nguyễn Văn An", "Y Bhăm Niê", "Trần Thị Bích Ngọc", "H'Liên Êban", "Lê Hoàng Phúc")
_AT = datetime(2025, 4, 10, 3, 0, tzinfo=UTC)


def run(rows: int) -> Result:
    """Sign `rows` credentials with one proof, then as pairs, and ask the peer."""
    _ready()
    lines = list(_lines(rows))
    ones, pairs, document = [], [], b""
    for number in range(1, ROUNDS + 1):
        rate, document = _signed(lines, ("eddsa-rdfc-2022",))
        ones.append(rate)
        pairs.append(_signed(lines, ("eddsa-rdfc-2022", "ecdsa-rdfc-2019"))[0])
        say(f"round {number}: one proof {rate:,.0f}/s, the pair {pairs[-1]:,.0f}/s")
    one, pair = statistics.median(ones), statistics.median(pairs)
    peer = _peer(document, max(20, min(PEER, rows // 10)))
    say(f"peer: {peer:,.0f}/s")
    name = "npm @digitalbazaar/vc, eddsa-rdfc-2022"
    return Result(
        name="credentials",
        title=TITLE,
        size=f"{rows:,} credentials of {len(document):,} bytes",
        is_full=rows == FULL,
        measures=(
            Measure(
                "one proof, eddsa-rdfc-2022, median of three", one, "credentials/s", name, peer,
                f"≥ {ONE:,}/s", one >= ONE,
            ),
            Measure("slowest of the three", min(ones), "credentials/s"),
            Measure(
                "the pair, eddsa-rdfc-2022 and ecdsa-rdfc-2019", pair, "lines/s", name, peer,
                f"≥ {PAIR:,}/s", pair >= PAIR,
            ),
        ),
    )  # fmt: skip


def _ready() -> None:
    """Make Django's models importable; nothing is connected to."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sogoc.config.settings")
    import django

    django.setup()


def _lines(rows: int) -> Any:
    """Yield index, record key and committed values of each line."""
    from sogoc.kernel.merkle import leaf_hash

    for number in range(rows):
        key = leaf_hash(b"%d" % number)
        values = (
            f"{1980 + number % 25}-02-03", "Đắk Nông", f"CODE{number:08d}", "{}",
            f"{number}/2025", "Kinh", _NAMES[number % len(_NAMES)], "2025-04-10", KIND, "Việt Nam",
            f"{number:012d}", "[]", f"A{number:08d}", "Nữ", "[]",
        )  # fmt: skip
        yield number, key, values


def _signed(lines: list[Any], suites: tuple[str, ...]) -> tuple[float, bytes]:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from sogoc.credentials.documents.vc_lines import SHOWN
    from sogoc.credentials.documents.vc_template import Batch, Values, sign_credential
    from sogoc.credentials.issuers.did import did_of
    from sogoc.credentials.issuers.keys import KeyRecord, Signer
    from sogoc.credentials.log.api import sources
    from sogoc.credentials.status.api import Entry
    from sogoc.kernel.data_integrity import EDDSA, ProofMaker, ProofOptions
    from sogoc.kernel.leaf_opening import Opener
    from sogoc.kernel.multikey import Algorithm, Multikey
    from sogoc.kernel.text import Text

    ed25519 = Ed25519PrivateKey.from_private_bytes(bytes(32))
    p256 = ec.derive_private_key(7, ec.SECP256R1())
    makers = []
    for suite in suites:
        is_ed = suite == EDDSA
        public = ed25519.public_key() if is_ed else p256.public_key()
        record = KeyRecord(BODY, 1, Multikey.of(public), _AT)
        signer = Signer(record, bytes(32) if is_ed else (7).to_bytes(32, "big"))
        method = f"{did_of(BODY, BASE)}#{record.multikey}"
        options = ProofOptions(suite, "2025-04-10T03:00:00Z", method)
        algorithm = Algorithm.ED25519 if is_ed else Algorithm.P256
        makers.append(ProofMaker(options, algorithm, signer.ready()))
    batch = Batch(
        BASE, BODY, "Trường Mẫu", KIND, Text("Chứng chỉ ứng dụng CNTT cơ bản", "Basic IT"),
        False, date(2025, 4, 10),
    )  # fmt: skip
    opener, proof = Opener(sources.LINE_FIELDS, SHOWN), _proof()
    leaf = base64.b64encode(b"x" * 330).decode()
    shown = [sources.LINE_FIELDS.index(name) for name in SHOWN]
    document = b""
    with Stopwatch() as watch:
        for number, key, values in lines:
            opening = opener.open(key, values)
            fields = {name: values[at] for name, at in zip(SHOWN, shown, strict=True)}
            for copy, maker in enumerate(makers):
                entry = Entry(UUID(int=2 * number + copy), number, BODY, 1)
                own = Values(entry, fields, leaf, opening, proof)
                document = sign_credential(batch, own, maker)
    return len(lines) / watch.seconds, document


def _proof() -> str:
    """Return a proof as long as one of a log of ten million entries with three witnesses."""
    from sogoc.kernel import merkle
    from sogoc.kernel.checkpoint import Checkpoint
    from sogoc.kernel.cosignature import Algorithm, CosignerSecret
    from sogoc.kernel.log_proof import LogProof
    from sogoc.kernel.notes import SignerKey, add_signatures, sign_note

    key = SignerKey(f"{BASE}/2025", bytes(32))
    body = Checkpoint(key.name, 10_000_000, merkle.leaf_hash(b"root")).body()
    note = sign_note(body, key.name, key.private_key)
    witnesses = [
        CosignerSecret(f"w{n}.example", Algorithm.ED25519, bytes([n]) * 32) for n in (1, 2, 3)
    ]
    note = add_signatures(note, [each.cosign(body, 1_744_254_000) for each in witnesses])
    return str(LogProof(77, tuple(merkle.leaf_hash(b"%d" % n) for n in range(24)), note))


def _peer(document: bytes, count: int) -> float:
    root = Path(__file__).parents[1]
    subprocess.run([root / "tools" / "node-packages", NODE], check=True, capture_output=True)
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        Path(file.name).write_text(json.dumps(json.loads(document)), "utf-8")
        done = subprocess.run(
            ["node", NODE / "peer.js", file.name, str(count)],
            check=True,
            capture_output=True,
            text=True,
        )
    return float(done.stdout)
