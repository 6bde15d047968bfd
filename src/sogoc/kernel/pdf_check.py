"""The verdict over a signed paper (PDF): checks, each with its result and its reason.

`check_pdf(data, trust)` needs nothing but the bytes and what is trusted: it works offline. A file
that claims a signature and does not verify, or does not parse, fails; `unknown` is only for missing
outside evidence. Attached files are judged by whoever knows them: `PdfReader(data).attachments()`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sogoc.kernel.cms_check import CmsError, Verified, chain_state, verify_cms, verify_time_stamp
from sogoc.kernel.pdf_growth import altered_after
from sogoc.kernel.pdf_read import Name, PdfError, PdfReader, SignatureSpot
from sogoc.kernel.pdf_update import PERSON, SEAL
from sogoc.kernel.periods import local_day
from sogoc.kernel.text import Text

Result = Literal["pass", "fail", "unknown"]
_YEARS: Final = (1900, 9000)
"""Years in which something can be signed; those at the ends of the calendar know no other zone."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `name` is stable, `why` is for people.

    That a key is known says whose it is and when it signed: `key`, `at`.
    """

    name: str
    result: Result
    why: Text
    key: TrustedKey | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key of a signatory or of a body's seal: whose it is and from when until when it counts.

    `spki` is the SHA-256 of the public key (SubjectPublicKeyInfo, DER). `valid_until` is the first
    moment it no longer counts; from `compromised_at` on nothing it signed is believed.
    """

    spki: bytes
    purpose: Literal["person", "seal"]
    organisation: str
    holder: str
    valid_from: datetime
    valid_until: datetime | None = None
    compromised_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Custody:
    """That the register of one body is kept by another from a day on (Viet Nam)."""

    of: str
    by: str
    since: date


@dataclass(frozen=True, slots=True)
class PaperTrust:
    """What is trusted: roots of certificates and of time-stamps, CRLs, keys with their periods.

    `custody` says who keeps whose register; None in a bundle that does not say.
    """

    roots: tuple[x509.Certificate, ...]
    time_stamp_roots: tuple[x509.Certificate, ...] = ()
    crls: tuple[x509.CertificateRevocationList, ...] = ()
    keys: tuple[TrustedKey, ...] = ()
    is_demo: bool = False
    custody: tuple[Custody, ...] | None = ()
    _by_spki: dict[bytes, TrustedKey] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        self._by_spki.update({key.spki: key for key in self.keys})

    def key_of(self, certificate: x509.Certificate) -> TrustedKey | None:
        """Return what is known of a certificate's key."""
        return self._by_spki.get(spki_hash(certificate))

    def keeper(self, body: str, on: date) -> str:
        """Return the body that keeps the register of `body` on a day: itself, unless passed on."""
        steps = {
            each.of: each.by
            for each in sorted(self.custody or (), key=lambda each: each.since)
            if each.since <= on
        }
        seen = {body}
        while (after := steps.get(body)) is not None and after not in seen:
            seen.add(after)
            body = after
        return body

    @classmethod
    def parse(cls, exported: Mapping[str, Any]) -> PaperTrust:
        """Read what `as_json` wrote. Raises `KeyError`, `ValueError`, `TypeError` for anything
        else.
        """

        def certificates(name: str) -> tuple[x509.Certificate, ...]:
            return tuple(x509.load_pem_x509_certificate(t.encode()) for t in exported[name])

        return cls(
            roots=certificates("roots"),
            time_stamp_roots=certificates("time_stamp_roots"),
            crls=tuple(x509.load_pem_x509_crl(t.encode()) for t in exported["crls"]),
            keys=tuple(
                TrustedKey(
                    bytes.fromhex(each["spki_sha256"]), _purpose(each["purpose"]),
                    str(each["organisation"]), str(each["holder"]), _moment(each["valid_from"]),
                    _perhaps(each["valid_until"]), _perhaps(each["compromised_at"]),
                )
                for each in exported["keys"]
            ),
            is_demo=bool(exported["is_demo"]),
            custody=None if "custody" not in exported else tuple(
                Custody(str(each["of"]), str(each["by"]), date.fromisoformat(each["since"]))
                for each in exported["custody"]
            ),
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON, for an offline bundle."""

        def pem(each: x509.Certificate | x509.CertificateRevocationList) -> str:
            return each.public_bytes(Encoding.PEM).decode("ascii")

        custody = {} if self.custody is None else {
            "custody": [
                {"of": each.of, "by": each.by, "since": each.since.isoformat()}
                for each in self.custody
            ]
        }  # fmt: skip
        return {
            "roots": [pem(each) for each in self.roots],
            "time_stamp_roots": [pem(each) for each in self.time_stamp_roots],
            "crls": [pem(each) for each in self.crls],
            "keys": [
                {
                    "spki_sha256": key.spki.hex(),
                    "purpose": key.purpose,
                    "organisation": key.organisation,
                    "holder": key.holder,
                    "valid_from": key.valid_from.isoformat(),
                    "valid_until": key.valid_until and key.valid_until.isoformat(),
                    "compromised_at": key.compromised_at and key.compromised_at.isoformat(),
                }
                for key in self.keys
            ],
            "is_demo": self.is_demo,
            **custody,
        }


def spki_hash(certificate: x509.Certificate) -> bytes:
    """Return the SHA-256 of a certificate's public key."""
    key = certificate.public_key()
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def check_pdf(data: bytes, trust: PaperTrust, *, at: datetime | None = None) -> list[Check]:
    """Judge a paper: its form, each signature, whose it is and whether it held, what came later.

    `at` (aware) is the moment of judging, for signatures no time-stamp dates; without it the
    signature's own word is taken. Names of checks: `form`, `unchanged`, and for each signature
    `person:…`/`seal:…` with `signature`, `certificate`, `key`, `time`. The list is never empty.
    """
    try:
        reader = PdfReader(data)
        spots = reader.signatures()
        if not spots:
            return [
                _check("signature", "fail", "Tệp không có chữ ký số nào.", "Nothing is signed.")
            ]
        stamps = [spot for spot in spots if _sub_filter(spot) == "ETSI.RFC3161"]
        signed = [spot for spot in spots if spot not in stamps]
        checks = [_form(signed), _unchanged(reader, spots)]
        stamped = _document_times(stamps, trust, checks) + _signature_times(signed, trust)
        for spot in signed:
            checks += _signature_checks(spot, trust, stamped, at)
    except (PdfError, RecursionError, AttributeError, TypeError, KeyError, IndexError):
        # A value of another kind than the format says is the same finding as a broken file.
        return [
            _check("form", "fail", "Tệp PDF hỏng hoặc bị sửa.", "The PDF is damaged or altered.")
        ]
    return checks


def verdict(checks: Sequence[Check]) -> Literal["valid", "invalid", "unknown"]:
    """Return the verdict of checks: any failure is `invalid`; none at all is `invalid` too."""
    results = {check.result for check in checks}
    if "fail" in results or not results:
        return "invalid"
    return "unknown" if "unknown" in results else "valid"


# --- the file ----------------------------------------------------------------------------------


def _form(signed: Sequence[SignatureSpot]) -> Check:
    kinds = {_sub_filter(spot) for spot in signed}
    if not signed or kinds != {"ETSI.CAdES.detached"}:
        return _check("form", "fail", "Chữ ký không theo PAdES.", "The signatures are no PAdES.")
    certifying = [s for s in signed if "Reference" in s.dictionary]
    if [spot.end for spot in certifying] != [signed[0].end]:
        return _check(
            "form", "fail", "Chữ ký đầu không khóa nội dung.", "The first signature is no lock."
        )
    return _check("form", "pass", "Đúng dạng PAdES, có khóa nội dung.", "PAdES, content locked.")


def _unchanged(reader: PdfReader, spots: Sequence[SignatureSpot]) -> Check:
    """After the first signature only signatures, time-stamps and their evidence may come."""
    if spots[-1].end != len(reader.data):
        return _check(
            "unchanged", "fail", "Có phần thêm vào sau chữ ký cuối.", "Something was added later."
        )
    altered = altered_after(reader, spots[0].end)
    if altered is not None:
        return _check(
            "unchanged", "fail",
            f"Nội dung bị thay sau khi ký (đối tượng {altered}).",
            f"Content was replaced after signing (object {altered}).",
        )  # fmt: skip
    return _check("unchanged", "pass", "Nội dung nguyên như khi ký.", "Unchanged since signing.")


# --- the signatures ---------------------------------------------------------------------------


def _document_times(
    stamps: Sequence[SignatureSpot], trust: PaperTrust, checks: list[Check]
) -> list[tuple[int, datetime]]:
    """Return the end and time of each document time-stamp that is trusted."""
    times = []
    for spot in stamps:
        try:
            stamp = verify_time_stamp(spot.cms, spot.covered)
        except CmsError as error:
            checks.append(Check("time:document", "fail", error.message))
            continue
        state = chain_state(
            stamp.certificate, stamp.certificates, trust.time_stamp_roots, trust.crls, stamp.at
        )
        if state == "trusted":
            times.append((spot.end, stamp.at))
            checks.append(
                _check("time:document", "pass", f"Dấu thời gian {local_day(stamp.at):%d/%m/%Y}.",
                       f"Time-stamped {local_day(stamp.at):%Y-%m-%d}.")
            )  # fmt: skip
        else:
            checks.append(
                _check("time:document", "unknown", "Chưa tin được nơi cấp dấu thời gian.",
                       f"The time-stamp's authority is not trusted ({state}).")
            )  # fmt: skip
    return times


def _signature_times(
    signed: Sequence[SignatureSpot], trust: PaperTrust
) -> list[tuple[int, datetime]]:
    """Return the end and time of each signature that bears a trusted time-stamp.

    It dates what it covers too: the seal's stamp proves that the person had signed by then.
    """
    times = []
    for spot in signed:
        try:
            verified = verify_cms(spot.cms, spot.digest)
            if verified.time_stamp_token is None:
                continue
            stamp = verify_time_stamp(verified.time_stamp_token, verified.signature)
        except CmsError:
            continue
        state = chain_state(
            stamp.certificate, stamp.certificates, trust.time_stamp_roots, trust.crls, stamp.at
        )
        if state == "trusted":
            times.append((spot.end, stamp.at))
    return times


def _signature_checks(
    spot: SignatureSpot,
    trust: PaperTrust,
    stamped: Sequence[tuple[int, datetime]],
    at: datetime | None,
) -> list[Check]:
    try:
        verified = verify_cms(spot.cms, spot.digest)
    except CmsError as error:
        return [Check("signature", "fail", error.message)]
    key = trust.key_of(verified.certificate)
    who = "signature" if key is None else key.purpose
    proven = _proven_time(spot, stamped)
    said = _said_time(spot)
    held_at = proven or at or said
    checks = [_check(f"{who}:signature", "pass", "Chữ ký khớp với nội dung.", "Fits the content.")]
    if verified.time_stamp_token is not None and not _stamp_fits(verified):
        checks.append(_check(f"{who}:time", "fail", "Dấu thời gian không khớp.", "No true stamp."))
        return checks
    if held_at is None:
        checks.append(_check(f"{who}:time", "fail", "Không rõ ngày ký.", "No time of signing."))
        return checks
    checks.append(
        _check(f"{who}:time", "pass", f"Có dấu thời gian {local_day(proven):%d/%m/%Y}.",
               f"Time-stamped {local_day(proven):%Y-%m-%d}.")
        if proven
        else _check(f"{who}:time", "pass", f"Ngày ký tự khai {local_day(held_at):%d/%m/%Y}.",
                    f"Day as the signer says: {local_day(held_at):%Y-%m-%d}.")
    )  # fmt: skip
    checks.append(_certificate(who, verified, trust, held_at))
    checks.append(_key(who, key, held_at, is_proven=proven is not None))
    return checks


def _certificate(who: str, verified: Verified, trust: PaperTrust, at: datetime) -> Check:
    state = chain_state(verified.certificate, verified.certificates, trust.roots, trust.crls, at)
    if state == "trusted":
        return _check(
            f"{who}:certificate", "pass", "Chứng thư số còn hiệu lực khi ký.", "Held at signing."
        )
    said = {
        "unknown_root": ("Không rõ nơi cấp chứng thư số.", "Its authority is not known."),
        "expired": ("Chứng thư số hết hoặc chưa có hiệu lực khi ký.", "Not in force at signing."),
        "revoked": ("Chứng thư số đã bị thu hồi trước khi ký.", "Revoked before signing."),
    }.get(state, ("Chuỗi chứng thư số không đúng.", "The chain is broken."))
    result: Result = "unknown" if state == "unknown_root" else "fail"
    return Check(f"{who}:certificate", result, Text(*said))


def _key(who: str, key: TrustedKey | None, at: datetime, *, is_proven: bool) -> Check:
    name = f"{who}:key"
    if key is None:
        return _check(name, "fail", "Khóa ký không có trong sổ khóa.", "Not a key we know.")
    if at < key.valid_from or (key.valid_until is not None and at >= key.valid_until):
        return _check(
            name, "fail", f"Ngày ký ngoài thời hạn của khóa ({key.holder}).",
            f"Signed outside the key's period ({key.holder}).",
        )  # fmt: skip
    if key.compromised_at is not None and not (is_proven and at < key.compromised_at):
        return _check(
            name, "fail", "Khóa đã bị lộ; không chứng minh được là ký trước đó.",
            "The key was compromised, and nothing proves an earlier signature.",
        )  # fmt: skip
    said = Text(f"Khóa của {key.holder}.", f"A key of {key.holder}.")
    return Check(name, "pass", said, key, at)


def _proven_time(spot: SignatureSpot, stamped: Sequence[tuple[int, datetime]]) -> datetime | None:
    """Return the earliest trusted time that something else than the signer says."""
    return min((at for end, at in stamped if end >= spot.end), default=None)


def _stamp_fits(verified: Verified) -> bool:
    try:
        verify_time_stamp(verified.time_stamp_token or b"", verified.signature)
    except CmsError:
        return False
    return True


def _said_time(spot: SignatureSpot) -> datetime | None:
    raw = spot.dictionary.get("M")
    text = raw.decode("latin-1") if isinstance(raw, bytes) else ""
    zone = text[16:].replace("'", "") or "+0000"
    try:
        said = datetime.strptime(text[2:16] + zone.replace("Z", "+0000")[:5], "%Y%m%d%H%M%S%z")
    except ValueError:
        return None
    return said if _YEARS[0] <= said.year <= _YEARS[1] else None


def _sub_filter(spot: SignatureSpot) -> str:
    value = spot.dictionary.get("SubFilter")
    return value if isinstance(value, Name) else ""


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)


def _purpose(text: str) -> Literal["person", "seal"]:
    if text not in ("person", "seal"):
        raise ValueError(text)
    return "seal" if text == "seal" else "person"


def _perhaps(text: str | None) -> datetime | None:
    return None if text is None else _moment(text)


def _check(name: str, result: Result, vi: str, en: str) -> Check:
    return Check(name, result, Text(vi, en))


PLACES: Final = (PERSON, SEAL)
