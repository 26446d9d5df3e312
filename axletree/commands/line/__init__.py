"""The command line itself: its table, its words, help, and what was mistyped.

Doors: `corrections`, `helping`, `table`, `unknown`, `verb_texts`, `words`.
"""
