from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from yayun.decoding.constraint import Characters, Frame
from yayun.decoding.decode import Draft, GuidedRun, write_free
from yayun.decoding.embedded import _different
from yayun.decoding.guidance import Task
from yayun.decoding.options import Sampling
from yayun.decoding.sampling import Lots, sample_rows
from yayun.decoding.scoring import score_poems
from yayun.decoding.session import Session
from yayun.prompts.prompt import Conditions, prompt_tokens
from yayun.prosody.forms.regulated import patterns
from yayun.prosody.review import review


@pytest.fixture(scope="module")
def session(tiny_model: Path) -> Session:
    return Session(tiny_model, threads=1)


def _task(form: str, which: int, rhyme: str, wishes: tuple[str, ...] = (), fixed=()) -> Task:
    pattern = patterns(form)[which]
    prompt = tuple(prompt_tokens(Conditions("唐", form, rhyme, pattern.variant, "春風", wishes)))
    return Task(prompt, Frame(pattern, rhyme, fixed), wishes)


def _run(session: Session, tasks: list[Task], seed: int = 0, known=lambda line: False, plan: bool = True):
    characters = Characters(session.tokens)
    return GuidedRun(session, characters, tasks, Sampling(), _lots(len(tasks), seed), known).run(plan)


def _lots(rows: int, seed: int = 0) -> Lots:
    """Lots of rows that belong to one poem."""
    return Lots([np.random.default_rng(seed)] * rows)


def test_sampling_follows_temperature_nucleus_and_masks() -> None:
    rng = np.random.default_rng(0)
    logits = np.log(np.array([[0.6, 0.3, 0.1, 1e-30]]))
    counts = np.bincount(
        np.concatenate([sample_rows(logits, Sampling(1.0, 1.0), rng.random(1)) for _ in range(4000)]), minlength=4
    )
    np.testing.assert_allclose(counts[:3] / 4000, [0.6, 0.3, 0.1], atol=0.03)
    assert counts[3] == 0
    nucleus = {int(sample_rows(logits, Sampling(1.0, 0.8), rng.random(1))[0]) for _ in range(300)}
    assert nucleus == {0, 1}
    masked = logits.copy()
    masked[0, 0] = -np.inf
    assert {int(sample_rows(masked, Sampling(0.1, 1.0), rng.random(1))[0]) for _ in range(100)} == {1}


def test_a_choice_is_among_the_likeliest_of_a_large_vocabulary() -> None:
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((3, 5001)).astype(np.float32)
    best = np.argsort(-logits, axis=1)[:, :128]
    logits[2] = -np.inf
    logits[2, [5000, 7]] = [-3, -4]  # all but two masked, one of them past the last fold
    hot = Sampling(temperature=50.0, top_p=1.0)
    drawn = np.array([sample_rows(logits, hot, rng.random(3)) for _ in range(3000)])
    assert set(drawn[:, 0]) == set(best[0])
    assert set(drawn[:, 1]) == set(best[1])
    assert set(drawn[:, 2]) == {5000, 7}
    assert (sample_rows(logits, Sampling(temperature=0.01), rng.random(3)) == [best[0, 0], best[1, 0], 5000]).all()


def test_guided_poems_of_an_untrained_model_keep_the_rules(session: Session) -> None:
    tasks = [_task("五绝", i % 2 * 2, rhyme) for i in range(2) for rhyme in ("尤", "支", "先")]
    drafts = _run(session, tasks)
    passed = 0
    for task, draft in zip(tasks, drafts, strict=True):
        found = review(draft.lines, form="五绝", rhyme=task.frame.rhyme, pattern=task.frame.pattern.variant)
        passed += found.passed
        assert not [f for f in found.findings if f.rule in ("出韵", "字数", "句数", "重韵")]
        assert [line[-1] for line in draft.lines[1::2]] == list(draft.plan_feet)
        assert len(set("".join(draft.lines))) >= 17  # characters are not used twice but for a doubling
    assert passed >= 4


def test_the_same_seed_gives_the_same_poems(session: Session) -> None:
    tasks = [_task("七绝", 1, "先"), _task("七绝", 3, "先")]
    assert _run(session, tasks, seed=5) == _run(session, tasks, seed=5)
    assert _run(session, tasks, seed=5) != _run(session, tasks, seed=6)


def test_a_row_is_the_same_to_the_last_bit_whatever_is_decoded_beside_it(session: Session) -> None:
    tasks = [_task("五绝", i % 4, rhyme) for i in range(8) for rhyme in ("尤", "支", "先", "東")]
    prompts = [session.encode(task.prompt) for task in tasks]
    fed = np.random.default_rng(0).integers(0, len(session.tokens), (len(tasks), 3))
    rng = np.random.default_rng(1)

    def logits(rows: np.ndarray) -> np.ndarray:
        state = session.start([prompts[row] for row in rows])
        for step in (fed[rows, :1], fed[rows, 1:]):
            state = session.step(state, step)
        return state.logits

    whole, drawn = logits(np.arange(len(tasks))), rng.random(len(tasks))
    chosen = sample_rows(whole, Sampling(1.2), drawn)
    for count in (1, 2, 7, 12, 31):
        rows = rng.permutation(len(tasks))[:count]
        assert (logits(rows) == whole[rows]).all()
        few = whole.copy()
        few[::2, 40:] = -np.inf  # neighbours with few choices
        few[rows] = whole[rows]
        assert (sample_rows(few, Sampling(1.2), drawn)[rows] == chosen[rows]).all()
        assert (sample_rows(whole[rows], Sampling(1.2), drawn[rows]) == chosen[rows]).all()


def test_known_lines_are_replaced(session: Session) -> None:
    task = [_task("五绝", 0, "尤")]
    first = _run(session, task)[0]
    again = _run(session, task, known=lambda line: line == first.lines[0])[0]
    assert again.lines[0] != first.lines[0]
    assert again.lines[0][:-1] == first.lines[0][:-1]


def test_fixed_characters_stand_where_they_were_set(session: Session) -> None:
    fixed = (((0, 0), "天"), ((1, 0), "人"), ((2, 0), "山"), ((3, 0), "鶴"))
    draft = _run(session, [_task("五绝", 0, "尤", fixed=fixed)])[0]
    assert "".join(line[0] for line in draft.lines) == "天人山鶴"


def test_images_asked_for_appear(session: Session) -> None:
    drafts = _run(session, [_task("七绝", 1, "先", wishes=("明月", "花"))] * 6, plan=False)
    assert sum("明月" in "".join(d.lines) for d in drafts) >= 3
    assert sum("花" in "".join(d.lines) for d in drafts) >= 3


def test_free_completions_stop_and_carry_their_likelihood(session: Session) -> None:
    prompts = [_task("五绝", 0, "尤").prompt, _task("七律", 1, "支").prompt]
    done = write_free(session, prompts, Sampling(0.7, 1.0), [np.random.default_rng(i) for i in range(2)])
    assert len(done) == 2
    assert all(likelihood < 0 for _, likelihood in done)
    assert all("<|end|>" not in tokens for tokens, _ in done)


def test_a_themed_plan_names_the_theme_and_keeps_the_rules(session: Session) -> None:
    tasks = [
        _task("五绝", 0, "尤"),
        replace(_task("五绝", 2, "先"), theme="山水"),
        replace(_task("五绝", 0, "支"), theme="無"),
    ]
    characters = Characters(session.tokens)
    run = GuidedRun(session, characters, tasks, Sampling(), _lots(3), lambda line: False, themed=True)
    drafts = run.run(plan=True)
    assert drafts[1].plan_theme == "山水"
    assert all(len(draft.plan_theme) == 2 for draft in drafts)
    for task, draft in zip(tasks, drafts, strict=True):
        assert [line[-1] for line in draft.lines[1::2]] == list(draft.plan_feet)
        found = review(draft.lines, form="五绝", rhyme=task.frame.rhyme)
        assert not [f for f in found.findings if f.rule in ("出韵", "字数", "句数", "重韵")]


def test_feet_that_were_not_planned_are_told_as_they_came(session: Session) -> None:
    tasks = [_task("五绝", 0, "尤"), _task("五绝", 0, "支")]
    run = GuidedRun(session, Characters(session.tokens), tasks, Sampling(), _lots(2), lambda line: False)
    for draft in run.run(plan=True, feet=False):
        assert [line[-1] for line in draft.lines[1::2]] == list(draft.plan_feet)


def test_a_draft_keeps_the_likelihood_of_each_character(session: Session) -> None:
    for draft in _run(session, [_task("七绝", 1, "先"), _task("七绝", 3, "先")]):
        assert [len(line) for line in draft.nats] == [7] * 4
        assert np.isclose(np.mean(draft.nats), draft.likelihood)


def test_verse_that_stands_is_scored_as_it_was_when_written(session: Session) -> None:
    tasks = [_task("五绝", 0, "尤"), _task("五绝", 0, "支")]
    drafts = _run(session, tasks, plan=False)
    found = score_poems(session, [task.prompt for task in tasks], [draft.lines for draft in drafts])
    np.testing.assert_allclose(found, [draft.nats for draft in drafts], atol=1e-3)


def test_rows_that_go_on_begin_differently() -> None:
    begun = [("甲甲甲甲甲", "乙乙乙乙乙"), ("丙丙丙丙丙", "丁丁丁丁丁")]
    texts = [(*begun[i % 5 == 4], f"戊戊戊戊{i}", "己己己己己") for i in range(12)]
    drafts = [Draft(lines, (), (), -float(i)) for i, lines in enumerate(texts)]
    drafts[1] = drafts[0]
    kept = _different(range(12), drafts, 8)
    assert kept == [0, 2, 4, 9]  # two of each beginning, the same draft once
