"""VGG19: its layers, preprocessing, activations and classifier.

In: pictures and weights. Out: activations. `weights` chooses, downloads and reads weights; `formats` reads their files.
"""
