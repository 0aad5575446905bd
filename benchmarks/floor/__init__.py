"""The floor that the console is compared with: what Streamlit itself costs."""
