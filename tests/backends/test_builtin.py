from __future__ import annotations

from yayun.backends.builtin import Builtin, of_package
from yayun.backends.options import Options
from yayun.backends.shipped import default_writer, unaided_writer
from yayun.brief import make_brief
from yayun.composing.road import compose_with
from yayun.decoding.embedded import EmbeddedWriter
from yayun.decoding.weights import unaided_weights_dir, weights_dir


class Refusing(EmbeddedWriter):
    """A writer that must not be asked."""

    def guided(self, *_: object) -> list:  # type: ignore[override]
        raise AssertionError("asked to write within the mask")

    def free(self, *_: object) -> list:  # type: ignore[override]
        raise AssertionError("asked to write without the mask")


def test_each_mode_is_written_by_the_weights_that_are_for_it() -> None:
    brief = make_brief(title="秋夜", form="五绝", rhyme="庚")
    alone = Builtin(Refusing(weights_dir()), unaided_writer)
    (free,) = compose_with([brief], Options(mode="free", seed=1), alone)
    (other,) = compose_with([brief], Options(mode="free", seed=1), of_package())
    assert free.lines == other.lines
    masked = Builtin(default_writer(), lambda: Refusing(unaided_weights_dir()))
    (guided,) = compose_with([brief], Options(seed=1, effort="quick"), masked)
    assert guided.review.passed


def test_the_weights_that_write_within_the_mask_write_backwards_and_revise() -> None:
    writer = default_writer()
    assert writer.way.backwards
    assert writer.writes_backwards
    assert writer.fills_gaps
    assert writer.knows_tunes
