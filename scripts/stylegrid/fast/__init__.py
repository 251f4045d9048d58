"""Fast style transfer: Magenta's arbitrary image stylisation, one forward pass a picture.

In: a painting, or its style vector, and a photograph. Out: a picture. `weights` gets and reads the networks' numbers.
"""
