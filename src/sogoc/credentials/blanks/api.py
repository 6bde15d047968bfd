"""Phôi: the only door of this applet.

Acts open their own ``people.acting(by)``; ``reserve``, ``bind`` and the rest that take a cursor or
no actor run inside the caller's.
"""

from sogoc.credentials.blanks.accounts import Balance, Stock, balance, blanks_fact, stock
from sogoc.credentials.blanks.acts import (
    Lot,
    Moved,
    destroy,
    opening_stock,
    receive_lot,
    report_lost,
    return_blanks,
    spoil,
)
from sogoc.credentials.blanks.errors import BlankError, BlankNotFree, NotEnoughBlanks
from sogoc.credentials.blanks.ledger import insert_issued_from_stage
from sogoc.credentials.blanks.ranges import normal_serial
from sogoc.credentials.blanks.reservations import (
    Bound,
    bind,
    release,
    reserve,
    respoil,
    spoil_batch,
)

__all__ = [
    "Balance",
    "BlankError",
    "BlankNotFree",
    "Bound",
    "Lot",
    "Moved",
    "NotEnoughBlanks",
    "Stock",
    "balance",
    "bind",
    "blanks_fact",
    "destroy",
    "insert_issued_from_stage",
    "normal_serial",
    "opening_stock",
    "receive_lot",
    "release",
    "report_lost",
    "reserve",
    "respoil",
    "return_blanks",
    "spoil",
    "spoil_batch",
    "stock",
]
