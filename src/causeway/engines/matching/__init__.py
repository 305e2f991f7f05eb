"""Who is meant: universities found by any of their names, however they are written."""

from causeway.engines.matching.names import Found, Name, NameIndex, fold_name

__all__ = ["Found", "Name", "NameIndex", "fold_name"]
