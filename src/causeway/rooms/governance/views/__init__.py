"""Pages of governance; `urls` takes them from `pages`."""
