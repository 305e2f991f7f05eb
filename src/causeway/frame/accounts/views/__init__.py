"""Pages of accounts and administration."""
