"""How figures are written on pages: the same as in documents."""

from pipelines.reports.numbers import NO_DATA, change, count, figure, is_missing, money, percent

__all__ = ["NO_DATA", "change", "count", "figure", "is_missing", "money", "percent"]
