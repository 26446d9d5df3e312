"""Where candidates come from, opened as the options, the files and the settings say."""
