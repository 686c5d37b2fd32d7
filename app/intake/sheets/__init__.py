"""Sheets: the bytes of a list made rows, whatever program wrote them; no database, no HTTP.

Nothing is imported here: `child` lies in this package, and a workbook waits for what it imports.
"""
