"""What is to be built, and with what: of `build`, `recipe`, `jobs` and `collect`."""
