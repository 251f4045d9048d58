"""The file formats of VGG19's weights, one module each; a reader builds arrays and never runs code from the file.

In: a file. Out: named arrays, checked layer by layer.
"""
