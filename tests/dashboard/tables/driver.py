"""Workbooks for the readers of files."""

import io

import openpyxl


def saved(book: openpyxl.Workbook) -> bytes:
    """The content of a workbook's file."""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
