"""What becomes a prospect, and how it is written to a list exactly once."""
