"""Pages and metadata, read into tables of one environment."""
