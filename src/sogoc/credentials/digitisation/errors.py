"""Why a step of digitisation stops. Every one leaves the database as it was."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class UnknownJob(Error):
    """No job has this token, or the caller may not see it."""


class JobRefused(Error):
    """A job cannot be opened as asked: pages, years, book, or pages another job already has."""


class WrongStep(Error):
    """The job is not where this step starts from, or something before it is missing."""


class SamePerson(Error):
    """The step needs another person."""


class ImageRefused(Error):
    """A page image that is no picture, is too large, stands for another page, or was altered."""


class KeyingRefused(Error):
    """Lines that cannot be taken as keyed: page, line, field or value outside what is allowed."""


class MinutesRefused(Error):
    """Minutes that cannot be drawn up or signed: lines not settled, days missing, altered lines."""
