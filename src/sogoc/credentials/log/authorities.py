"""Who states the time: an authority of RFC 3161 at an address, or a test authority by OpenSSL.

`SOGOC_TSA_URL` names the first, `SOGOC_TSA_CERTIFICATES` its root certificates (PEM). The second
lies in `<home>/tsa`, serves demo and test homes alone, and proves nothing to anybody.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from sogoc.credentials.log.errors import LogError
from sogoc.kernel.text import Text
from sogoc.kernel.time_stamps import QUERY_TYPE, REPLY_TYPE

_TIMEOUT: Final = 20.0
_LARGEST: Final = 1_000_000
_DAYS: Final = "3650"


class Authority(Protocol):
    """Answers time-stamp queries."""

    def certificates(self) -> bytes:
        """Return the root certificates that its stamps lead to, as PEM."""
        ...

    def reply(self, query: bytes) -> bytes:
        """Return the TimeStampResp to a TimeStampReq. Raises `LogError` when there is none."""
        ...


class WebAuthority:
    """An authority at an address."""

    def __init__(self, url: str, certificates: Path) -> None:
        self._url = url
        self._certificates = certificates

    def certificates(self) -> bytes:
        """Return the root certificates the settings name."""
        return self._certificates.read_bytes()

    def reply(self, query: bytes) -> bytes:
        """Ask by POST."""
        if not self._url.startswith(("http://", "https://")) or not _has_port(self._url):
            raise _failed(self._url)
        request = urllib.request.Request(  # noqa: S310 - checked above
            self._url, data=query, headers={"Content-Type": QUERY_TYPE, "Accept": REPLY_TYPE}
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                data: bytes = answer.read(_LARGEST)
        except (OSError, ValueError, HTTPException) as error:
            raise _failed(str(error) or type(error).__name__) from error
        return data


class TestAuthority:
    """An authority of our own for demonstrations: a root and one key, in a folder."""

    __test__ = False  # no test of pytest's

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def certificates(self) -> bytes:
        """Return its root, made on first use."""
        root = self._folder / "root.pem"
        if not root.exists():
            self._make()
        return root.read_bytes()

    def reply(self, query: bytes) -> bytes:
        """Have OpenSSL answer."""
        self.certificates()
        (self._folder / "query.tsq").write_bytes(query)
        _openssl(
            self._folder, "ts", "-reply", "-config", "tsa.cnf", "-section", "tsa",
            "-queryfile", "query.tsq", "-out", "reply.tsr",
        )  # fmt: skip
        return (self._folder / "reply.tsr").read_bytes()

    def _make(self) -> None:
        draft = self._folder.with_name(f".{self._folder.name}.{os.getpid()}")
        draft.mkdir(mode=0o700, parents=True)
        (draft / "tsa.cnf").write_text(_CONFIGURATION, "ascii")
        (draft / "serial").write_text("01\n", "ascii")
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256")
        _openssl(
            draft, "req", "-x509", "-config", "tsa.cnf", "-extensions", "root", *key, "-days",
            _DAYS, "-subj", "/O=So Goc/CN=So Goc demonstration root", "-keyout", "root.key",
            "-out", "root.pem",
        )  # fmt: skip
        _openssl(
            draft, "req", "-config", "tsa.cnf", *key, "-subj",
            "/O=So Goc/CN=So Goc demonstration time-stamps", "-keyout", "tsa.key", "-out",
            "tsa.csr",
        )  # fmt: skip
        _openssl(
            draft, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key",
            "-CAcreateserial", "-days", _DAYS, "-sha256", "-extfile", "tsa.cnf", "-extensions",
            "stamps", "-out", "tsa.pem",
        )  # fmt: skip
        (draft / "root.key").unlink()  # it has signed what it is for
        shutil.rmtree(self._folder, ignore_errors=True)
        draft.rename(self._folder)


_CONFIGURATION: Final = """\
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[stamps]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = root.pem
signer_digest = sha256
ess_cert_id_alg = sha256
digests = sha256
default_policy = 1.2.3.4.1
accuracy = secs:1
"""


def authority_of(home: Path, *, is_playground: bool) -> Authority | None:
    """Return the authority the settings name, a home's test authority, or None.

    Raises `LogError` when an address is set without its certificates.
    """
    if url := os.environ.get("SOGOC_TSA_URL"):
        certificates = os.environ.get("SOGOC_TSA_CERTIFICATES")
        if not certificates:
            raise LogError(
                "log_tsa_unknown",
                Text(
                    "Đặt SOGOC_TSA_CERTIFICATES: chứng thư gốc của cơ quan cấp dấu thời gian.",
                    "Set SOGOC_TSA_CERTIFICATES: the root certificates of the authority.",
                ),
            )
        return WebAuthority(url, Path(certificates))
    if is_playground and shutil.which("openssl"):
        return TestAuthority(home / "tsa")
    return None


def _openssl(folder: Path, *words: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own words
        ["openssl", *words],  # noqa: S607 - wherever the system has it
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    if done.returncode:
        raise _failed(done.stderr.strip()[-300:])


def _has_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _failed(why: str) -> LogError:
    return LogError(
        "log_tsa_failed",
        Text(f"Không lấy được dấu thời gian: {why}", f"No time-stamp was to be had: {why}"),
    )
