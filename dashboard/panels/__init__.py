"""One subject each, drawn on a page."""
