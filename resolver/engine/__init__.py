"""Tables in; decisions, or a refusal, out.

Doors: `checker`, `fact_models`, `search`, `swift`.
"""
