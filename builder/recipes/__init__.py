"""A recipe: one TOML file that says how one wheel is built.

Doors: `drafting`, `redeclared`, `recipe`, `scm_tools`, `source_table`, `stamp`.
"""
