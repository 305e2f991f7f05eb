"""Reads of the network, by subject."""
