"""DataFrames as Plotly figures. Pure."""
