"""The device that paints: TensorFlow set up once per process, and what it used."""

import resource
import sys

import tensorflow as tf
from threadpoolctl import threadpool_limits


def set_up(threads: int | None = None) -> str:
    """Prepare TensorFlow for one process and return the name of the device it will paint on.

    The same seed and machine give the same bytes: operations are deterministic on GPUs too. A GPU's memory is taken as
    needed, so that others can share it.
    """
    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
    # SciPy's L-BFGS works on vectors too short to share; BLAS threads that wait for them take TensorFlow's cores.
    threadpool_limits(1, user_api="blas")
    tf.config.experimental.enable_op_determinism()
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else "CPU"


def peak_memory_mb() -> float:
    """Return the most memory this process has used so far, in MiB: the GPU's where there is one, else the machine's."""
    if tf.config.list_physical_devices("GPU"):
        return tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**20
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
