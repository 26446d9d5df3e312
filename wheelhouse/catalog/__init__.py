"""What is kept: the database of files, generations and collections, and publishing.

Doors: `changes`, `database_access`, `founding`, `history`, `house`, `looking`, `naming`,
`nearest`, `plain_reader`, `publish`, `records`, `state_queries`, `stored_rows`, `tables`,
`universe`.
"""
