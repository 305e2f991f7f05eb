"""Resources and menu entries of the network, by subject."""
