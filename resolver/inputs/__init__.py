"""What users write, read into values, and changes written back."""
