"""Checks of an installation: its programs, machine and network, and the network's layers beside known numbers.

In: the settings. Out: one Check for each topic. Only reads.
"""
