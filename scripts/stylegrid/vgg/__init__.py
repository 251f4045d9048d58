"""VGG19: its layers, preprocessing, activations and classifier.

In: pictures and weights. Out: activations. Files of weights are read in `files`, chosen and fetched in `weights`.
"""
