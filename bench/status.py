"""A status list of sixteen million entries made anew: bits, packed, in both formats.

One entry in a thousand is revoked. What is timed is what publishing does between the table and the
signature: setting the bits and packing them. The peer packs the same bits with the strongest level.
"""

from __future__ import annotations

import gzip
import random

from bench.place import Stopwatch, say
from bench.result import Measure, Result

TITLE = "a status list of sixteen million entries"
FULL = 16_777_216
TARGET = 0.3


def run(rows: int) -> Result:
    """Make both lists of `rows` entries (whole bytes)."""
    from sogoc.kernel import status_lists

    length = max(status_lists.MIN_LENGTH, rows - rows % 8)
    indices = random.Random(7).sample(range(length), length // 1000)
    with Stopwatch() as bits_watch:
        bits = status_lists.bitstring(length, indices)
        encoded = status_lists.encode_bitstring(bits)
    say(f"bitstring: {bits_watch.seconds * 1000:.0f} ms, {len(encoded):,} characters")
    with Stopwatch() as token_watch:
        tokens = status_lists.encode_tokens(length, dict.fromkeys(indices, 1))
    say(f"token list: {token_watch.seconds * 1000:.0f} ms, {len(tokens):,} characters")
    with Stopwatch() as peer_watch:
        gzip.compress(bits, 9)
    return Result(
        name="status",
        title=TITLE,
        size=f"{length:,} entries, one in a thousand revoked",
        is_full=rows == FULL,
        measures=(
            Measure(
                "Bitstring Status List", bits_watch.seconds, "s", "gzip level 9 alone",
                peer_watch.seconds, f"≤ {TARGET} s", bits_watch.seconds <= TARGET,
            ),
            Measure(
                "Token Status List, two bits each", token_watch.seconds, "s", "gzip level 9 alone",
                peer_watch.seconds, f"≤ {TARGET} s", token_watch.seconds <= TARGET,
            ),
        ),
    )  # fmt: skip
