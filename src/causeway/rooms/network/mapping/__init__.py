"""Between tables, files and what engines know."""
