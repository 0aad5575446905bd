"""Who and which company a text names. Pure."""
