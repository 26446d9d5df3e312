"""Answers over a local universe, before anything else is imported.

Doors: `answer`, `arguments`.
"""
