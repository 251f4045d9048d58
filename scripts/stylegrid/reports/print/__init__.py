"""Sheets for print: layout, captions, drawing, and the files of a booklet."""
