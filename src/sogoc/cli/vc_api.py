"""A VC-API (W3C CCG) over HTTPS on loopback, for conformance suites: issue, prove, verify, status.

Issuers by `did:key`, with keys that live as long as the process: `eddsa` (it gives credentials of
version 2 a status), `ecdsa` (P-256) and `ecdsa-p384`. What is wrong with a request is answered with
400 and problem details (RFC 9457).
"""

from __future__ import annotations

import datetime as dates
import ipaddress
import json
import ssl
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sogoc.cli.vc_api_status import StatusBook
from sogoc.kernel.data_integrity import ECDSA, EDDSA, is_date_time
from sogoc.kernel.errors import Error
from sogoc.kernel.multikey import Algorithm, Multikey, raw_ecdsa
from sogoc.verifier.api import jsonld
from sogoc.verifier.data_model import (
    credential_problems,
    holder_problems,
    presentation_problems,
)
from sogoc.verifier.proofs import add_proof, proof_problems

LONGEST: Final = 10 * 2**20
_TIMEOUT: Final = 30.0
_PROOF: Final = "https://w3id.org/security#PROOF_VERIFICATION_ERROR"
_VALUE: Final = "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR"
_PARSING: Final = "https://www.w3.org/TR/vc-data-model#PARSING_ERROR"
_STATUS: Final = "https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR"
_ASKED: Final = ("created", "expires", "domain", "challenge", "nonce", "previousProof")
"""Options of a request that become members of the proof."""

Answer = tuple[HTTPStatus, dict[str, Any]]
Problem = tuple[str, str]
"""Type (URL) and detail of a problem."""


class Refused(Exception):
    """A request that is answered with 400 and its problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Issuer:
    """A `did:key` that signs with one suite."""

    suite: str
    algorithm: Algorithm
    multikey: Multikey
    sign: Callable[[bytes], bytes]
    book: StatusBook | None = None

    @property
    def did(self) -> str:
        """Its name."""
        return f"did:key:{self.multikey}"


def vc_api_server(
    *, port: int, now: Callable[[], datetime]
) -> tuple[ThreadingHTTPServer, bytes, dict[str, str]]:
    """Return a server that listens, its certificate (PEM), and the DID of each path."""
    issuers: dict[str, Issuer] = {}

    class Handler(BaseHTTPRequestHandler):
        timeout = _TIMEOUT
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._say(*listed(self.path, issuers, now()))

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length") or "0"
            size = int(length) if length.isascii() and length.isdigit() else LONGEST + 1
            if size > LONGEST:  # the rest is not read, so the connection ends here
                self.close_connection = True
                self._say(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"errors": ["too long"]})
                return
            self._say(*answer(self.path, self.rfile.read(size), issuers, now()))

        def _say(self, status: HTTPStatus, body: dict[str, Any]) -> None:
            payload = b"" if status == HTTPStatus.NO_CONTENT else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    key, certificate = _certificate(now())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # ssl reads files only
        Path(file.name).write_bytes(key + certificate)
        context.load_cert_chain(file.name)
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    issuers |= {
        "eddsa": _ed25519(f"https://localhost:{server.server_port}/eddsa/status"),
        "ecdsa": _ecdsa(ec.SECP256R1(), Algorithm.P256),
        "ecdsa-p384": _ecdsa(ec.SECP384R1(), Algorithm.P384),
    }
    return server, certificate, {name: issuer.did for name, issuer in issuers.items()}


def listed(path: str, issuers: Mapping[str, Issuer], at: datetime) -> Answer:
    """Answer what is only read: the issuers at `/`, and status lists as signed credentials."""
    if path == "/":
        return HTTPStatus.OK, {"issuers": {name: each.did for name, each in issuers.items()}}
    name, _, rest = path.strip("/").partition("/status/")
    issuer = issuers.get(name)
    unsigned = None if issuer is None or issuer.book is None else issuer.book.unsigned(rest)
    if issuer is None or unsigned is None:
        return HTTPStatus.NOT_FOUND, {"errors": ["no such path"]}
    options = _options({}, issuer, at, "assertionMethod")
    return HTTPStatus.OK, add_proof(unsigned, options, issuer.algorithm, issuer.sign)


def answer(path: str, data: bytes, issuers: Mapping[str, Issuer], at: datetime) -> Answer:
    """Answer one request; what is wrong with it is answered with 400."""
    name, _, action = path.strip("/").partition("/")
    actions = {
        "credentials/issue": _issue,
        "credentials/verify": _verify,
        "credentials/status": _update_status,
        "presentations": _prove,
        "presentations/prove": _prove,
        "presentations/verify": _verify_presentation,
    }
    if action.startswith("status/") and action.endswith("/publish"):
        return HTTPStatus.NO_CONTENT, {}  # lists are made when they are read
    if name not in issuers or action not in actions:
        return HTTPStatus.NOT_FOUND, {"errors": ["no such path"]}
    try:
        return actions[action](jsonld.parse(data), issuers[name], at)
    except Refused as refused:
        return _bad(refused.problems)
    except Error as error:
        kind = _PARSING if isinstance(error, jsonld.DocumentError) else _VALUE
        return _bad([(kind, f"{error.message.en} {error.context}")])
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        return _bad([(_VALUE, str(error))])


def _issue(body: dict[str, Any], issuer: Issuer, at: datetime) -> Answer:
    credential = _object(body, "credential")
    problems = credential_problems(credential, None)
    if problems:
        raise Refused(*((_VALUE, each) for each in problems))
    if issuer.book is not None:
        credential = issuer.book.give(credential)
    options = _options(body, issuer, at, "assertionMethod")
    signed = add_proof(credential, options, issuer.algorithm, issuer.sign)
    return HTTPStatus.CREATED, {"verifiableCredential": signed}


def _prove(body: dict[str, Any], issuer: Issuer, at: datetime) -> Answer:
    presentation = _object(body, "presentation")
    problems = presentation_problems(presentation)
    if problems:
        raise Refused(*((_VALUE, each) for each in problems))
    options = _options(body, issuer, at, "authentication")
    signed = add_proof(presentation, options, issuer.algorithm, issuer.sign)
    return HTTPStatus.CREATED, {"verifiablePresentation": signed}


def _verify(body: dict[str, Any], issuer: Issuer, at: datetime) -> Answer:
    credential = _object(body, "verifiableCredential")
    problems = _credential_faults(credential, issuer, at, _asked(body))
    if problems:
        raise Refused(*problems)
    return _good(credential)


def _verify_presentation(body: dict[str, Any], issuer: Issuer, at: datetime) -> Answer:
    name = "verifiablePresentation" if "verifiablePresentation" in body else "presentation"
    presentation = _object(body, name)
    asked = _asked(body)
    problems = [(_VALUE, each) for each in presentation_problems(presentation)]
    problems += [(_VALUE, each) for each in holder_problems(presentation)]
    if "proof" in presentation or name == "verifiablePresentation":
        problems += _proof_faults(presentation, "authentication", at, asked)
    held = presentation.get("verifiableCredential", [])
    for credential in held if isinstance(held, list) else [held]:
        problems += _credential_faults(credential, issuer, at, {})
    if problems:
        raise Refused(*problems)
    return _good(presentation)


def _update_status(body: dict[str, Any], issuer: Issuer, _at: datetime) -> Answer:
    """Set bits: `credentialId`, and one or more entries with purpose and, if it clears, status."""
    if issuer.book is None:
        raise Refused((_VALUE, "this issuer manages no status"))
    entries = body["credentialStatus"]
    for each in entries if isinstance(entries, list) else [entries]:
        said = each.get("status", body.get("status", True))
        is_set = said not in {False, "0", "false"}
        issuer.book.mark(str(body["credentialId"]), str(each["statusPurpose"]), is_set=is_set)
    return HTTPStatus.OK, {}


def _credential_faults(
    credential: dict[str, Any], issuer: Issuer, at: datetime, asked: Mapping[str, Any]
) -> list[Problem]:
    faults = [(_VALUE, each) for each in credential_problems(credential, at)]
    faults += _proof_faults(credential, "assertionMethod", at, asked)
    if faults or issuer.book is None:
        return faults
    said = [issuer.book.problem(each) for each in _list(credential.get("credentialStatus", []))]
    return [(_STATUS, each) for each in said if each]


def _proof_faults(
    document: dict[str, Any], purpose: str, at: datetime, asked: Mapping[str, Any]
) -> list[Problem]:
    """Judge the proofs for a purpose, which whoever asks may name; nothing fits an unknown one."""
    found = proof_problems(
        document,
        purpose=str(asked.get("expectedProofPurpose") or purpose),
        at=at,
        domain=asked.get("domain"),
        challenge=asked.get("challenge"),
    )
    return [(_PROOF, each) for each in found]


def _options(body: dict[str, Any], issuer: Issuer, at: datetime, purpose: str) -> dict[str, Any]:
    asked = _asked(body)
    now = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    named = {"id": asked["proofId"]} if "proofId" in asked else {}
    options = {
        **named,
        "cryptosuite": issuer.suite,
        "created": now,
        "verificationMethod": f"{issuer.did}#{issuer.multikey}",
        "proofPurpose": purpose,
        **{name: asked[name] for name in _ASKED if asked.get(name) is not None},
    }
    for name in ("created", "expires"):
        if name in options and not is_date_time(str(options[name])):
            raise Refused((_VALUE, f"options.{name} must be a dateTime with a time zone"))
    return options


def _asked(body: dict[str, Any]) -> Mapping[str, Any]:
    found = body.get("options") or {}
    if not isinstance(found, dict):
        raise Refused((_VALUE, "options must be an object"))
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    found = body.get(name)
    if not isinstance(found, dict):
        raise Refused((_VALUE, f"{name} is missing"))
    return found


def _good(document: dict[str, Any]) -> Answer:
    verified = {"verified": True, "document": document, "mediaType": "application/vc"}
    return HTTPStatus.OK, {**verified, "checks": ["proof"], "warnings": [], "errors": []}


def _bad(problems: list[Problem]) -> Answer:
    details = [
        {"type": url, "title": url.partition("#")[2], "detail": detail} for url, detail in problems
    ]
    return HTTPStatus.BAD_REQUEST, {
        "verified": False,
        "errors": [detail for _, detail in problems],
        "problemDetails": details,
    }


def _ed25519(lists: str) -> Issuer:
    key = Ed25519PrivateKey.generate()
    multikey = Multikey.of(key.public_key())
    book = StatusBook(lists, f"did:key:{multikey}")
    return Issuer(EDDSA, Algorithm.ED25519, multikey, key.sign, book)


def _ecdsa(curve: ec.EllipticCurve, algorithm: Algorithm) -> Issuer:
    key = ec.generate_private_key(curve)
    hashing = hashes.SHA384() if algorithm is Algorithm.P384 else hashes.SHA256()

    def sign(message: bytes) -> bytes:
        return raw_ecdsa(key.sign(message, ec.ECDSA(hashing)), algorithm)

    return Issuer(ECDSA, algorithm, Multikey.of(key.public_key()), sign)


def _certificate(now: datetime) -> tuple[bytes, bytes]:
    """Return key and certificate of `localhost`, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dates.timedelta(days=1))
        .not_valid_after(now + dates.timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private, certificate.public_bytes(serialization.Encoding.PEM)
