"""Sổ gốc: books, lines, personal data, legacy import."""
