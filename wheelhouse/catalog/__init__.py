"""What is kept: the database of files, generations and collections, and publishing.

Doors: `admission`, `attestations`, `changes`, `database`, `database_access`, `databases`,
`founding`, `history`,
`house`, `listing`, `naming`, `nearest`, `plain_reader`, `publish`, `records`,
`state_queries`, `stored_rows`, `tables`, `universe`.
"""
