"""Tags and filters of our pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext

from sogoc.kernel.text import Text
from sogoc.web import showing
from sogoc.web.frame import Frame, frame_of

register = template.Library()


@register.simple_tag(takes_context=True)
def frame(context: dict[str, Any]) -> Frame:
    """Return what stands around the page."""
    return frame_of(context.get("request"))


@register.filter
def in_words(text: Text | str | None) -> str:
    """Write a two-language text in the language of the page."""
    if isinstance(text, Text):
        return text.in_language(get_language() or "vi")
    return text or ""


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day as 07/07/2019."""
    return showing.show_date(value)


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment as 10/04/2025 08:30, Vietnam's time."""
    return showing.show_moment(value)


@register.filter
def state_word(state: str) -> str | Promise:
    """Say the state of a batch."""
    return showing.word_for(showing.BATCH_STATES, state).text


@register.filter
def state_tone(state: str) -> str:
    """Return the tone of the state of a batch."""
    return showing.word_for(showing.BATCH_STATES, state).tone


@register.filter
def level_word(level: str) -> str | Promise:
    """Say the level of a finding."""
    return showing.word_for(showing.LEVELS, level).text


@register.filter
def level_tone(level: str) -> str:
    """Return the tone of the level of a finding."""
    return showing.word_for(showing.LEVELS, level).tone


@register.filter
def line_word(status: str) -> str | Promise:
    """Say the status of a register line."""
    return showing.word_for(showing.LINE_STATES, status).text


@register.filter
def line_tone(status: str) -> str:
    """Return the tone of the status of a register line."""
    return showing.word_for(showing.LINE_STATES, status).tone


@register.filter
def paper_word(status: str) -> str | Promise:
    """Say the status of an original, a copy or a supplement."""
    return showing.word_for(showing.PAPER_STATES, status).text


@register.filter
def paper_tone(status: str) -> str:
    """Return the tone of that status."""
    return showing.word_for(showing.PAPER_STATES, status).tone


@register.filter
def clock_word(standing: str) -> str | Promise:
    """Say how an original stands to its deadline."""
    return showing.word_for(showing.CLOCK_STATES, standing).text


@register.filter
def clock_tone(standing: str) -> str:
    """Return the tone of that."""
    return showing.word_for(showing.CLOCK_STATES, standing).tone


@register.filter
def job_word(state: str) -> str | Promise:
    """Say the state of the digitisation of a book."""
    return showing.word_for(showing.JOB_STATES, state).text


@register.filter
def job_tone(state: str) -> str:
    """Return the tone of that state."""
    return showing.word_for(showing.JOB_STATES, state).tone


@register.filter
def of(table: Mapping[str, Any], key: str) -> Any:
    """Return the entry of a table, or the key where there is none."""
    return table.get(key, key)


@register.filter
def day_text(value: str | date | None) -> str:
    """Write a day stored as text (2001-09-05) as 05/09/2001; other text as it stands."""
    if isinstance(value, str):
        try:
            return showing.show_date(date.fromisoformat(value))
        except ValueError:
            return value
    return showing.show_date(value)


@register.filter
def sex_word(sex: str | None) -> str:
    """Say the sex of a holder; nothing when unknown."""
    return {"male": gettext("Nam"), "female": gettext("Nữ")}.get(sex or "", "")
