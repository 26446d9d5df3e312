"""A recipe: one TOML file that says how one wheel is built.

Doors: `recipe`, `source_table`, `stamp`.
"""
