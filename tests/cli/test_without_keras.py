"""TensorFlow without Keras: it is imported, computes, and brings neither Keras nor Matplotlib."""

import subprocess
import sys

from conftest import REPOSITORY

PROGRAM = """
import sys
from stylegrid.cli.without_keras import skip_keras
skip_keras()
import tensorflow as tf
double = tf.function(lambda x: 2 * x)
print(float(double(tf.constant(21.0))), *(sys.modules.get(name) for name in ("keras", "matplotlib")))
"""


def test_tensorflow_computes_without_keras_and_what_it_brings():
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=REPOSITORY / "scripts", capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == ["42.0", "None", "None"]
