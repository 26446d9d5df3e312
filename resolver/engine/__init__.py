"""Tables in; decisions, or a refusal, out."""
