"""Tables in; decisions, or a refusal, out.

Doors: `checked_files`, `fact_models`, `search`, `swift`.
"""
