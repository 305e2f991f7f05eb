"""Writes of the network, by subject."""
