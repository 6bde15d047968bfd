"""Issued lines under a checkpoint, as for documents."""

from tests.credentials.documents.conftest import (  # noqa: F401 - fixtures
    codes,
    sequence,
    unpublished,
)
