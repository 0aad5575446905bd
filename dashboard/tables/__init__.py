"""API JSON as frames; files in, files out. Pure."""
