"""Runs over a results folder: who holds it, what a killed one left, how far it is, what may go, what is damaged.

In: a results folder. Out: lines for people, and a folder that the next run can use.
"""
