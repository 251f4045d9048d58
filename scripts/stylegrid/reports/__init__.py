"""What is made of all records: the table, contact sheets, sheets for print, plots, the gallery page.

In: the plan's files and records. Out: files to look at.
"""
