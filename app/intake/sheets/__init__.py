"""Sheets: reads rows from the bytes of a list; needs neither database nor HTTP.

Nothing is imported here: `child` lies in this package, and a workbook waits for what it imports.
"""
