"""A VC-API (W3C CCG) over HTTPS on loopback, for conformance suites: issue, prove, verify.

Two issuers by `did:key`, one for each suite, with keys that live as long as the process.
"""

from __future__ import annotations

import datetime as dates
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

from sogoc.kernel.data_integrity import ECDSA, EDDSA
from sogoc.kernel.errors import Error
from sogoc.kernel.multikey import Algorithm, Multikey, raw_ecdsa
from sogoc.verifier.api import jsonld
from sogoc.verifier.data_model import credential_problems, presentation_problems
from sogoc.verifier.proofs import add_proof, proof_problems

LONGEST: Final = 10 * 2**20
_TIMEOUT: Final = 30.0
_ECDSA: Final = ec.ECDSA(hashes.SHA256())

Answer = tuple[HTTPStatus, dict[str, Any]]


class Refused(Exception):
    """A request that is answered with 400 and its problems."""

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Issuer:
    """A `did:key` that signs with one suite."""

    suite: str
    algorithm: Algorithm
    multikey: Multikey
    sign: Callable[[bytes], bytes]

    @property
    def did(self) -> str:
        """Its name."""
        return f"did:key:{self.multikey}"


def vc_api_server(
    *, port: int, now: Callable[[], datetime]
) -> tuple[ThreadingHTTPServer, bytes, dict[str, str]]:
    """Return a server that listens, its certificate (PEM), and the DID of each path."""
    issuers = {"eddsa": _ed25519(), "ecdsa": _p256()}

    class Handler(BaseHTTPRequestHandler):
        timeout = _TIMEOUT
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            data = self.rfile.read(min(size, LONGEST + 1))
            status, body = answer(self.path, data, issuers, now())
            payload = json.dumps(body).encode()
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
    return server, certificate, {name: issuer.did for name, issuer in issuers.items()}


def answer(path: str, data: bytes, issuers: Mapping[str, Issuer], at: datetime) -> Answer:
    """Answer one request; what is wrong with it is answered with 400."""
    name, _, action = path.strip("/").partition("/")
    actions = {
        "credentials/issue": _issue,
        "credentials/verify": _verify,
        "presentations/prove": _prove,
        "presentations/verify": _verify_presentation,
    }
    if name not in issuers or action not in actions:
        return HTTPStatus.NOT_FOUND, {"errors": ["no such path"]}
    try:
        body = jsonld.parse(data)
        return actions[action](body, issuers[name], at)
    except Refused as refused:
        return _bad(refused.problems)
    except Error as error:
        return _bad([f"{error.message.en} {error.context}"])
    except (ValueError, TypeError, LookupError) as error:
        return _bad([str(error)])


def _issue(body: dict[str, Any], issuer: Issuer, at: datetime) -> Answer:
    credential = _object(body, "credential")
    problems = credential_problems(credential, None)
    if problems:
        raise Refused(*problems)
    options = _options(body, issuer, at, "assertionMethod")
    signed = add_proof(credential, options, issuer.algorithm, issuer.sign)
    return HTTPStatus.CREATED, {"verifiableCredential": signed}


def _prove(body: dict[str, Any], issuer: Issuer, at: datetime) -> Answer:
    presentation = _object(body, "presentation")
    problems = presentation_problems(presentation)
    if problems:
        raise Refused(*problems)
    options = _options(body, issuer, at, "authentication")
    for name in ("domain", "challenge"):
        if name in body.get("options", {}):
            options[name] = body["options"][name]
    signed = add_proof(presentation, options, issuer.algorithm, issuer.sign)
    return HTTPStatus.CREATED, {"verifiablePresentation": signed}


def _verify(body: dict[str, Any], _issuer: Issuer, at: datetime) -> Answer:
    problems = _credential_faults(_object(body, "verifiableCredential"), at)
    if problems:
        raise Refused(*problems)
    return HTTPStatus.OK, {"verified": True, "checks": ["proof"], "warnings": [], "errors": []}


def _verify_presentation(body: dict[str, Any], _issuer: Issuer, at: datetime) -> Answer:
    name = "verifiablePresentation" if "verifiablePresentation" in body else "presentation"
    presentation = _object(body, name)
    options = body.get("options") or {}
    problems = presentation_problems(presentation)
    if "proof" in presentation or name == "verifiablePresentation":
        problems += proof_problems(
            presentation,
            purpose="authentication",
            at=at,
            domain=options.get("domain"),
            challenge=options.get("challenge"),
        )
    held = presentation.get("verifiableCredential", [])
    for credential in held if isinstance(held, list) else [held]:
        problems += _credential_faults(credential, at)
    if problems:
        raise Refused(*problems)
    return HTTPStatus.OK, {"verified": True, "checks": ["proof"], "warnings": [], "errors": []}


def _credential_faults(credential: dict[str, Any], at: datetime) -> list[str]:
    return [
        *credential_problems(credential, at),
        *proof_problems(credential, purpose="assertionMethod", at=at),
    ]


def _options(body: dict[str, Any], issuer: Issuer, at: datetime, purpose: str) -> dict[str, str]:
    asked = body.get("options") or {}
    created = asked.get("created") or at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "cryptosuite": issuer.suite,
        "created": created,
        "verificationMethod": f"{issuer.did}#{issuer.multikey}",
        "proofPurpose": purpose,
    }


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    found = body.get(name)
    if not isinstance(found, dict):
        raise Refused(f"{name} is missing")
    return found


def _bad(problems: list[str]) -> Answer:
    return HTTPStatus.BAD_REQUEST, {"verified": False, "errors": problems}


def _ed25519() -> Issuer:
    key = Ed25519PrivateKey.generate()
    return Issuer(EDDSA, Algorithm.ED25519, Multikey.of(key.public_key()), key.sign)


def _p256() -> Issuer:
    key = ec.generate_private_key(ec.SECP256R1())

    def sign(message: bytes) -> bytes:
        return raw_ecdsa(key.sign(message, _ECDSA), Algorithm.P256)

    return Issuer(ECDSA, Algorithm.P256, Multikey.of(key.public_key()), sign)


def _certificate(now: datetime) -> tuple[bytes, bytes]:
    """Return key and certificate of `localhost`, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dates.timedelta(days=1))
        .not_valid_after(now + dates.timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private, certificate.public_bytes(serialization.Encoding.PEM)
