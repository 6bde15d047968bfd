"""What others need to judge our documents without us: the only door of this applet."""

from sogoc.credentials.trust.export import PARTS, Part, export_trust, write_site
from sogoc.credentials.trust.site import SiteFile, site_file

__all__ = ["PARTS", "Part", "SiteFile", "export_trust", "site_file", "write_site"]
