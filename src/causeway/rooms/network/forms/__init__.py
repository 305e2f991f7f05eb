"""Forms of the network, by subject."""
