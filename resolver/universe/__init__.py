"""Pages and metadata, read into tables of one environment.

Doors: `candidates`, `compiled`, `compiling`, `composed`, `dependencies`, `knowledge`,
`metadata_wheel`, `protocol`, `snapshot`, `sparing`, `swift_reading`, `unbuilt`.
"""
