"""{name} không thuộc văn bằng, chứng chỉ của hệ thống giáo dục quốc dân, không vào sổ gốc.

{name} is not a credential of the national education system and never enters a register.

Foreign certificates (IELTS, TOEFL, HSK …) and confirmations (giấy chứng nhận) are kept elsewhere.
"""

from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.facts import ActFacts
from sogoc.policy.findings import PASSED, Result, failed
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-NOT-A-CREDENTIAL",
    violation="V47",
    scope="act",
    citations=(Cite("LGD-2019", "Điều 12"), Cite("LGD-2005")),
    remedy=Text(
        "Bỏ danh sách này khỏi việc cấp văn bằng, chứng chỉ; xem danh mục loại.",
        "Take this list out of issuance; see the list of kinds.",
    ),
    reviewed=date(2026, 11, 21),
)


def run(act: ActFacts, law: Law) -> Result:
    """Fail for papers that are no credential and for words nobody knows."""
    kind = law.find_kind(act.kind)
    if kind is None:
        return failed(name=f"“{act.kind}”")
    if kind.standing == "none":
        basis = law.no_credential_basis.get(kind.id, law.no_credential_basis[""])
        return failed(cites=law.cite_in_force(basis, act.issued_on), name=kind.name)
    return PASSED
