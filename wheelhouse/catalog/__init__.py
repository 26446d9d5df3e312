"""What is kept: the database of files, generations and collections, and publishing.

Doors: `database_access`, `house`, `nearest`, `plain_reader`, `publish`, `records`,
`state_queries`, `stored_rows`, `tables`, `universe`.
"""
