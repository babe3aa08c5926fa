"""The numbered files that make and change the database's tables. A file that was released never changes."""
