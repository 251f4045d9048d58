"""Several pictures at once: what their painters ask for at the same time is evaluated as one batch."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import tensorflow as tf

from stylegrid.method.objective import Objective, Targets

Answer = tuple[tf.Tensor, tf.Tensor]
# An objective, a canvas (1, height, width, 3), its targets and weights (1, 3) -> terms (5,) and the gradient.
Ask = Callable[[Objective, tf.Tensor, Targets, tf.Tensor], Answer]


def alone(objective: Objective, canvas: tf.Tensor, targets: Targets, weights: tf.Tensor) -> Answer:
    """Return the losses and gradient sum (5,) of one canvas, and its gradient."""
    terms, gradient = objective.value_and_gradient(canvas, targets, weights)
    return terms[0], gradient


def paint_together(painters: Sequence[Callable[[Ask], None]]) -> list[Exception | None]:
    """Let painters paint, each of which asks for evaluations, and return the error that each met, if it did.

    Each goes its own way, in a thread of its own, as if it were alone; an error ends only the painter that it meets.
    """
    if len(painters) == 1:
        return [_try(painters[0], alone)]
    batch = _Batch(len(painters))

    def run(place: int) -> Exception | None:
        try:
            return _try(painters[place], partial(batch.ask, place))
        finally:
            batch.leave()

    with ThreadPoolExecutor(len(painters)) as pool:
        return list(pool.map(run, range(len(painters))))


def _try(painter: Callable[[Ask], None], ask: Ask) -> Exception | None:
    try:
        painter(ask)
    except Exception as error:
        return error
    return None


class _Request(NamedTuple):
    place: int  # of who asks, so that a batch is the same whoever asked first
    objective: Objective
    canvas: tf.Tensor
    targets: Targets
    weights: tf.Tensor
    answer: "Future[Answer]"

    @property
    def kind(self) -> tuple:
        """Return what requests that can be one batch have in common."""
        shapes = [None if leaf is None else tuple(leaf.shape) for leaf in tf.nest.flatten(self.targets)]
        return id(self.objective), tuple(self.canvas.shape), tuple(shapes)


class _Batch:
    """Answers when every painter that is still at work has asked."""

    def __init__(self, painters: int):
        self._painters, self._waiting, self._lock = painters, list[_Request](), threading.Lock()
        self._stacked: dict[tuple[int, ...], tuple[list[Targets], Targets]] = {}

    def ask(self, place: int, objective: Objective, canvas: tf.Tensor, targets: Targets, weights: tf.Tensor) -> Answer:
        """Return the losses and gradient sum (5,) of one painter's canvas, and its gradient."""
        request = _Request(place, objective, canvas, targets, weights, Future())
        with self._lock:
            self._waiting.append(request)
        self._answer_if_all_wait()
        return request.answer.result()

    def leave(self) -> None:
        """Go on without one painter."""
        with self._lock:
            self._painters -= 1
        self._answer_if_all_wait()

    def _answer_if_all_wait(self) -> None:
        with self._lock:
            if not self._waiting or len(self._waiting) < self._painters:
                return
            requests, self._waiting = sorted(self._waiting, key=lambda request: request.place), []
        kinds: dict[tuple, list[_Request]] = {}
        for request in requests:
            kinds.setdefault(request.kind, []).append(request)
        groups = [_group(alike) for alike in kinds.values()]
        self._stacked = {group: self._stacked[group] for group in groups if group in self._stacked}
        for alike in kinds.values():
            self._answer(alike)

    def _answer(self, requests: list[_Request]) -> None:
        try:
            canvases = tf.concat([request.canvas for request in requests], axis=0)
            weights = tf.concat([request.weights for request in requests], axis=0)
            targets = self._stack(requests)
            terms, gradients = requests[0].objective.value_and_gradient(canvases, targets, weights)
            answers = [(terms[row], gradients[row : row + 1]) for row in range(len(requests))]
        except Exception as error:
            for request in requests:
                request.answer.set_exception(error)
            return
        for request, answer in zip(requests, answers, strict=True):
            request.answer.set_result(answer)

    def _stack(self, requests: list[_Request]) -> Targets:
        """Return targets one after another, kept as long as the same painters ask for the same."""
        group = _group(requests)
        if group not in self._stacked:
            targets = [request.targets for request in requests]
            self._stacked[group] = targets, _concatenated(targets)  # both, so that no other is given their ids
        return self._stacked[group][1]


def _group(requests: Iterable[_Request]) -> tuple[int, ...]:
    return tuple(id(request.targets) for request in requests)


def _concatenated(targets: Iterable[Targets]) -> Targets:
    return tf.nest.map_structure(lambda *leaves: None if leaves[0] is None else tf.concat(leaves, axis=0), *targets)
