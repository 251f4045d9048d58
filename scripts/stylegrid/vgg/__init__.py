"""VGG19: its weights as files, which of them a gallery is painted with, and what its layers see.

In comes a file of weights in a format of Keras, MatConvNet, PyTorch or safetensors, told by its first bytes
(`weights_file.read_weights`); out come arrays by layer in one normal form (`layers.Weights`), that of Keras' `caffe`
preprocessing. `conventions` turns weights from one input convention into another. Strangers' files are data: nothing of
them is run.
"""
