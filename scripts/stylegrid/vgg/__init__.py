"""VGG19: its weights as files, which of them a gallery is painted with, and what its layers see."""
