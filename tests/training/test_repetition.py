"""What has been said in earlier lines."""

import pytest

torch = pytest.importorskip("torch")

from yayun.decoding.constraint import Characters  # noqa: E402
from yayun.prompts import vocabulary as v  # noqa: E402
from yayun.prompts.prompt import answer_tokens, plan_tokens  # noqa: E402
from yayun.training.repetition import Fresh  # noqa: E402

# 王之涣《登鸛雀樓》
POEM = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
TOKENS = v.token_list(sorted({*"".join(POEM), *"登高"}))


def stale(tokens: list[str]) -> list[str]:
    """At each place, what earlier lines said."""
    ids = {t: i for i, t in enumerate(TOKENS)}
    rows = torch.tensor([[ids[t] for t in tokens] + [-100] * 2, [ids[v.ANSWER]] + [-100] * (len(tokens) + 1)])
    fresh = Fresh(Characters(TOKENS)).tokens(rows)
    assert fresh[len(tokens) + 2 :].all()  # the other row has no line yet
    return ["".join(sorted(TOKENS[i] for i in (~fresh[place]).nonzero().flatten())) for place in range(len(tokens))]


@pytest.mark.parametrize("plan", [[], plan_tokens(("白日", "千里"), "流樓", "登高", None)])
def test_characters_of_earlier_lines_are_said_and_those_of_plan_and_line_are_not(plan: list[str]) -> None:
    tokens = plan + answer_tokens(POEM)
    found = stale(tokens)
    verse = len(plan) + 1
    assert not any(found[: verse + 6])  # plan, tag, the first line and its comma
    assert found[verse + 6] == found[verse + 10] == "".join(sorted(POEM[0]))
    assert found[verse + 18] == "".join(sorted("".join(POEM[:3])))
