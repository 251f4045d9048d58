"""Picture files and arrays: decoding, colours, encoding, metadata, captions, thumbnails.

In: picture files and arrays. Out: arrays and bytes of files. Independent of jobs, settings and the network.
"""
