"""What the rules permit at each token of a completion, and the probability given to it."""

import pytest

torch = pytest.importorskip("torch")

from yayun.prompts import vocabulary as v  # noqa: E402
from yayun.prompts.prompt import answer_tokens, plan_tokens  # noqa: E402
from yayun.training.permitted import FREE, Asked, Permitted, distance, marks_tensor, permitted_tokens  # noqa: E402

# 王之涣《登鸛雀樓》
POEM = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
FEET = "流樓"
NAME = "仄起首句不入韵"
ASKED = Asked("五绝", "尤", NAME)
CHARACTERS = sorted({*"".join(POEM), *"登高秋愁遊春風月水遠明日舟東"})


@pytest.fixture(scope="module")
def permitted() -> Permitted:
    return Permitted(v.token_list(CHARACTERS))


def tokens_of(lines: tuple[str, ...], feet: str = FEET, pattern: str = NAME) -> list[str]:
    return plan_tokens(("白日", "千里"), feet, "登高", pattern) + answer_tokens(lines)


def refused(permitted: Permitted, tokens: list[str], asked: Asked = ASKED) -> list[str]:
    """Tokens that their own place does not permit."""
    ids = torch.tensor([[permitted.characters.ids[t] for t in tokens]])
    marks = marks_tensor([permitted.marks(ids[0].tolist(), asked)], len(tokens))
    allowed = permitted_tokens(ids, marks, permitted.table())
    return [token for place, token in enumerate(tokens) if not allowed[place, ids[0, place]]]


def test_a_regular_poem_with_a_plan_it_keeps_is_permitted_throughout(permitted: Permitted) -> None:
    tokens = tokens_of(POEM)
    assert refused(permitted, tokens) == []
    marks = permitted.marks([permitted.characters.ids[t] for t in tokens], ASKED)
    verse = tokens.index(v.ANSWER)
    assert all(mark.mask != FREE for mark in marks[verse:])


def test_each_fault_is_refused_where_it_stands(permitted: Permitted) -> None:
    # 春 is level where the second place must be oblique; what the couplet then permits is left open.
    assert refused(permitted, tokens_of(("白春依山盡", *POEM[1:]))) == ["春"]
    # 舟 is a foot of the group, but not the one that was planned.
    assert refused(permitted, tokens_of((*POEM[:3], "更上一層舟"))) == ["舟"]
    # Without a plan a foot of the group is permitted once, other characters again.
    plain = answer_tokens((*POEM[:2], "欲窮千日日", "更上一層流"))
    assert refused(permitted, plain)[1:] == ["流"]
    # A foot of another group in the plan; then any foot of the group may end the line.
    assert refused(permitted, tokens_of(POEM, feet="流東")) == ["東"]
    assert refused(permitted, tokens_of(POEM, feet="流流")) == ["流"]
    assert refused(permitted, tokens_of(POEM, pattern="平起首句不入韵")) == ["【平起首句不入韵】"]


def test_a_line_that_is_too_long_ends_what_is_marked(permitted: Permitted) -> None:
    tokens = tokens_of(POEM)
    place = tokens.index(v.COMMA)
    longer = [*tokens[:place], "水", *tokens[place:]]
    assert refused(permitted, longer) == ["水"]
    marks = permitted.marks([permitted.characters.ids[t] for t in longer], ASKED)
    assert {mark.mask for mark in marks[place + 1 :]} == {FREE}


def test_reasoning_may_not_be_left_out(permitted: Permitted) -> None:
    assert refused(permitted, answer_tokens(POEM)) == [v.ANSWER]


def test_the_pattern_of_the_plan_counts_where_none_is_asked_for(permitted: Permitted) -> None:
    assert refused(permitted, tokens_of(POEM), Asked("五绝", "尤", None)) == []
    without = [t for t in tokens_of(POEM) if t not in permitted.patterns]
    marks = permitted.marks([permitted.characters.ids[t] for t in without], Asked("五绝", "尤", None))
    assert {mark.mask for mark in marks[without.index(v.ANSWER) + 1 :]} == {FREE}


def test_the_distance_is_from_the_start_without_what_is_not_permitted() -> None:
    start = torch.tensor([[2.0, 1.0, 0.0, -1.0]])
    allowed = torch.tensor([[True, False, True, False]])
    held = torch.tensor([[2.0, 0.0]]).softmax(-1)[0]
    logits = torch.tensor([[0.5, 0.5, 0.5, 0.5]], requires_grad=True)
    found = distance(logits, start, allowed)
    assert found.item() == pytest.approx((held * (held.log() - torch.tensor(0.25).log())).sum().item())
    found.sum().backward()
    assert logits.grad is not None
    assert logits.grad[0].tolist() == pytest.approx([0.25 - held[0].item(), 0.25, 0.25 - held[1].item(), 0.25])
    # At the teacher there is nothing left to learn, and where all is permitted the start is the teacher.
    taught = torch.tensor([[2.0, -60.0, 0.0, -60.0]])
    assert distance(taught, start, allowed).item() == pytest.approx(0.0, abs=1e-6)
    assert distance(start, start, torch.ones_like(allowed)).item() == pytest.approx(0.0, abs=1e-6)
