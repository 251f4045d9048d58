"""From a job to a painting: its inputs at each scale, targets, the descent, checkpoints, memory and devices.

In: `Job` and weights. Out: a painting in the cache.
"""
