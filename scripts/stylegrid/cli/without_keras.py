"""TensorFlow without Keras."""

import sys


def skip_keras() -> None:
    """Keep TensorFlow from importing Keras, and with it Matplotlib; to be called before TensorFlow is imported.

    That is a quarter of the processor time of its import, and nothing that paints needs it. For programs that are run,
    not for those that are called: in this process Keras can't be imported any more.
    """
    sys.modules.setdefault("keras", None)  # type: ignore[arg-type]
