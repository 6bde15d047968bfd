"""Keys, signatures of persons and seals of bodies: the only door of this applet."""

from sogoc.credentials.signing.demo_ca import DemoAuthority
from sogoc.credentials.signing.errors import KeyRefused, StampRefused, TokenRefused, UnknownKey
from sogoc.credentials.signing.keys import (
    KeyView,
    Signed,
    body_of,
    end_key,
    list_keys,
    record_key,
    rotate_demo_key,
    serving_key,
    signed_by,
)
from sogoc.credentials.signing.models import SigningKey
from sogoc.credentials.signing.providers import FILE_WARNING, PIN_FILE
from sogoc.credentials.signing.requests import (
    Made,
    Prepared,
    ToPrepare,
    Waiting,
    accept,
    cms_signer,
    prepare,
    prepare_raw,
    sign,
    to_sign,
    waiting,
)
from sogoc.credentials.signing.stamping import DemoStamper, HttpStamper, Stamper, stamper_of
from sogoc.credentials.signing.trust import paper_trust, trust_part

__all__ = [
    "FILE_WARNING",
    "PIN_FILE",
    "DemoAuthority",
    "DemoStamper",
    "HttpStamper",
    "KeyRefused",
    "KeyView",
    "Made",
    "Prepared",
    "Signed",
    "SigningKey",
    "StampRefused",
    "Stamper",
    "ToPrepare",
    "TokenRefused",
    "UnknownKey",
    "Waiting",
    "accept",
    "body_of",
    "cms_signer",
    "end_key",
    "list_keys",
    "paper_trust",
    "prepare",
    "prepare_raw",
    "record_key",
    "rotate_demo_key",
    "serving_key",
    "sign",
    "signed_by",
    "stamper_of",
    "to_sign",
    "trust_part",
    "waiting",
]
