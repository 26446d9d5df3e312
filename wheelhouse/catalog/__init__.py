"""What is kept: files, generations and collections, read and published.

Doors: `admission`, `attestations`, `changes`, `founding`, `history`, `house`,
`kept_files`, `listing`, `naming`, `nearest`, `plain_reader`, `publish`, `records`,
`tallies`, `universe`, `variants`, `variants_changes`.
"""
