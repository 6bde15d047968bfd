"""What others need to judge our documents without us: the only door of this applet."""

from sogoc.credentials.trust.export import PARTS, Part, export_trust, write_site

__all__ = ["PARTS", "Part", "export_trust", "write_site"]
