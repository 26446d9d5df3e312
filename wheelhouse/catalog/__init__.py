"""What is kept: the database of files, generations and collections, and publishing.

Doors: `changes`, `database_access`, `founding`, `house`, `looking`, `naming`, `nearest`,
`plain_reader`, `publish`, `records`, `state_queries`, `universe`.
"""
