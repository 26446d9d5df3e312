"""Running the index: the application, its worker processes, and what watches them.

Doors: `access_log`, `app`, `reporter`, `serve`.
"""
