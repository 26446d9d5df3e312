"""Values as lines, JSON, SVG and JUnit."""
