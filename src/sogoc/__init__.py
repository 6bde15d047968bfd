"""Sổ Gốc: the open register of diplomas and certificates."""

__version__ = "0.1.0"
