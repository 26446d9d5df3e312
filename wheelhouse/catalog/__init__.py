"""What is kept: the database of files, generations and collections, and publishing.

Doors: `changes`, `database`, `database_access`, `founding`, `history`, `house`, `listing`,
`looking`, `naming`, `nearest`, `plain_reader`, `publish`, `records`, `soundness`,
`state_queries`, `stored_rows`, `tables`, `turns`, `universe`.
"""
