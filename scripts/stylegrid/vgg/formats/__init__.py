"""The formats that VGG19's weights are stored in; a reader builds arrays and never runs anything from the file.

In: a file. Out: named arrays, checked layer by layer.
"""
