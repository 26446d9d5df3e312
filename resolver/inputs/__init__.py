"""What users write, read into values, and changes written back.

Doors: `addresses`, `foreign_toml`, `mending`, `old_requirements`, `override_files`,
`pyproject`, `requirement_lines`, `requirement_text`, `requirements_files`, `rewriting`,
`variants_names`.
"""
