"""Pages and metadata, read into tables of one environment.

Doors: `candidates`, `composed`, `dependencies`, `knowledge`, `metadata_wheel`,
`protocol`, `snapshot`, `table_reader`, `tables`, `tables_read`, `unbuilt`.
"""
