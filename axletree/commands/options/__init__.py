"""What users give: options and files, read into a question."""
