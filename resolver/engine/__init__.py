"""Tables in; decisions, or a refusal, out.

Doors: `checked_files`, `models`, `problem`, `search`, `table_pins`.
"""
