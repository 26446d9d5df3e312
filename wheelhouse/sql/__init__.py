"""The database itself: its tables and how they came to be, connections, rows taken apart.

Doors: `database`, `database_access`, `databases`, `state_queries`, `stored_rows`, `tables`,
`version_lists`.
"""
