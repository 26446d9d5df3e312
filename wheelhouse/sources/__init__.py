"""Where candidates come from beside the wheelhouse and one index.

Doors: `addressed_files`, `best_match`, `compiled_store`, `directory`, `file_index`,
`first_index`, `held_hashes`, `merged`.
"""
