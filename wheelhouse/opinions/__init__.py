"""What pip-tools would say: our candidates shown to it as an index.

Doors: `pip_compile`, `shown_index`.
"""
