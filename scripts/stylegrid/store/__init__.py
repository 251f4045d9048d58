"""What a results folder holds: where files lie, records, the cache of finished paintings, published pictures.

In: a `Job` and its painting. Out: picture and `Record`; and what was found of each combination.
"""
