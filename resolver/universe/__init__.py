"""Pages and metadata, read into tables of one environment.

Doors: `addressed`, `candidates`, `composed`, `dependencies`, `knowledge`,
`metadata_wheel`, `near_names`, `protocol`, `snapshot`, `sparing`, `table_reader`,
`table_types`, `tables`, `tables_read`, `unbuilt`.
"""
