"""From a paper book to legacy register lines: the only door of this applet.

The order is open → attach → key (→ compare) → settle → draw up minutes → sign → count. ``token``
(``sh_…``) names a job. Every function opens its own ``people.acting(by)``. Days are given by the
edge; ``uploads`` is the home's directory of received files.
"""

from sogoc.credentials.digitisation.agreeing import (
    DROPPED,
    KEPT,
    LINE,
    differences,
    settle,
)
from sogoc.credentials.digitisation.counting import count_job
from sogoc.credentials.digitisation.errors import (
    ImageRefused,
    JobRefused,
    KeyingRefused,
    MinutesRefused,
    SamePerson,
    UnknownJob,
    WrongStep,
)
from sogoc.credentials.digitisation.fields import FAULTS, ILLEGIBLE, KEYED
from sogoc.credentials.digitisation.jobs import MAX_PAGES, attach_page, cancel_job, open_job
from sogoc.credentials.digitisation.keying import compare_page, key_pages, key_sheet
from sogoc.credentials.digitisation.minutes import (
    SIGNERS,
    draw_up_minutes,
    sign_minutes,
    withdraw_minutes,
)
from sogoc.credentials.digitisation.pages import page_lines, pages
from sogoc.credentials.digitisation.reading import (
    altered_images,
    get_job,
    get_minutes,
    jobs,
    page_image,
)
from sogoc.credentials.digitisation.records import (
    Counted,
    Difference,
    JobView,
    Keyed,
    MinutesView,
    PageLine,
    PageView,
    SignatureView,
)

__all__ = [
    "DROPPED",
    "FAULTS",
    "ILLEGIBLE",
    "KEPT",
    "KEYED",
    "LINE",
    "MAX_PAGES",
    "SIGNERS",
    "Counted",
    "Difference",
    "ImageRefused",
    "JobRefused",
    "JobView",
    "Keyed",
    "KeyingRefused",
    "MinutesRefused",
    "MinutesView",
    "PageLine",
    "PageView",
    "SamePerson",
    "SignatureView",
    "UnknownJob",
    "WrongStep",
    "altered_images",
    "attach_page",
    "cancel_job",
    "compare_page",
    "count_job",
    "differences",
    "draw_up_minutes",
    "get_job",
    "get_minutes",
    "jobs",
    "key_pages",
    "key_sheet",
    "open_job",
    "page_image",
    "page_lines",
    "pages",
    "settle",
    "sign_minutes",
    "withdraw_minutes",
]
