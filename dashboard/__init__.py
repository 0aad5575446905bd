"""What the pages share: set-up, cached data, session state, frames, charts and widgets."""
