"""The mathematics of style transfer: losses, Gram matrices, total variation, the objective, the optimisers.

In: tensors and settings. Out: losses, gradients, pictures. No files, no jobs.
"""
