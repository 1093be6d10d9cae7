"""Django's SQLite backend with a queue before the write lock. See base."""
