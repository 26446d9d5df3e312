"""A refusal as facts, cores and sentences with their evidence.

Doors: `asked`, `cores`, `phrases`, `sentences`, `unread`.
"""
