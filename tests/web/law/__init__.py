"""Tests of the pages of the law."""
