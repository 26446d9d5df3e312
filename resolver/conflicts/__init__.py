"""A refusal as facts, cores and sentences with their evidence.

Doors: `also_contended`, `asked`, `cores`, `phrases`, `sentences`, `unread`.
"""
