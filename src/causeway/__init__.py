"""Causeway: the open technology-transfer office."""

__version__ = "0.1.0"
