"""DataFrames -> Plotly figures, and one ECharts option. Pure."""
