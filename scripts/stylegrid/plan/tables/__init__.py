"""Files of tables: cells as text, and what can't be read as a table."""
