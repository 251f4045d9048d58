"""Picture files and arrays: decoding, colours, encoding, metadata, captions, thumbnails.

In: files and pictures. Out: pictures and bytes of files. Knows nothing of jobs, settings or the network.
"""
