"""What requests may say: names and sizes. What the values mean is the brief's business, not the schema's."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yayun.backends.effort import COOLEST, EFFORT, HOTTEST, Effort

TEXT, POEMS, LINES = 20_000, 5, 8
Short = Annotated[str, StringConstraints(max_length=100)]
Word = Annotated[str, StringConstraints(max_length=20)]
Line = Annotated[str, StringConstraints(max_length=20)]
Seed = Annotated[int, Field(ge=0, le=2**53)]
Temperature = Annotated[float, Field(ge=COOLEST, le=HOTTEST, allow_inf_nan=False)]


Stop = Annotated[str, StringConstraints(max_length=100)] | Annotated[list[Short], Field(max_length=4)]
Limit = Annotated[int, Field(ge=1)]


class Asked(BaseModel):
    """A request's body: unknown names are refused."""

    model_config = ConfigDict(extra="forbid")


class ComposeAsked(Asked):
    """``POST /api/compose`` and ``/api/read``; the fields of ``yayun compose``. ``locked``: lines to be kept, null for
    one to write; ``without``: fields that ``request`` is not to be asked for, as it was read otherwise than meant."""

    request: Annotated[str, StringConstraints(max_length=TEXT)] | None = None  # the brief says how long it may be
    title: Short | None = None
    form: Short | None = None
    rhyme: Short | None = None
    pattern: Short | None = None
    first_line_rhymes: bool | None = None
    theme: Short | None = None
    imagery: Annotated[list[Word], Field(max_length=12)] | None = None
    acrostic: Short | None = None
    script: Short | None = None
    mode: Literal["guided", "free"] = "guided"
    rag: bool = True
    count: Annotated[int, Field(ge=1, le=POEMS)] | None = None
    seed: Seed | None = None
    temperature: Temperature | None = None
    effort: Effort = EFFORT
    locked: Annotated[list[Line | None], Field(max_length=LINES)] | None = None
    without: Annotated[list[Word], Field(max_length=20)] | None = None
    tune: Short | None = None
    variant: Short | None = None
    book: Short | None = None


class CheckAsked(Asked):
    """``POST /api/check``: a text with one poem or several in it, judged as it stands; ``title`` and ``author`` for
    poems that have none there; ``script``: what the poems are to be shown in, without it the text's own."""

    text: Annotated[str, StringConstraints(max_length=TEXT)]
    form: Short | None = None
    rhyme: Short | None = None
    title: Short | None = None
    author: Short | None = None
    script: Short | None = None
    tune: Short | None = None
    book: Short | None = None


class SuggestAsked(Asked):
    """``POST /api/suggest``: other wordings of ``line``, or of its character at ``column`` (both from 1)."""

    title: Short = ""
    form: Short
    rhyme: Short
    pattern: Short | None = None
    script: Short | None = None
    lines: Annotated[list[Line], Field(min_length=4, max_length=LINES)]
    line: Annotated[int, Field(ge=1, le=LINES)]
    column: Annotated[int, Field(ge=1, le=7)] | None = None
    count: Annotated[int, Field(ge=1, le=12)] = 8
    seed: Seed | None = None


class GlossAsked(Asked):
    """``POST /api/gloss``: a plain-language note to ``line`` (from 1)."""

    title: Short = ""
    author: Short = ""
    lines: Annotated[list[Line], Field(min_length=1, max_length=100)]
    line: Annotated[int, Field(ge=1)]


class Part(BaseModel):
    """A part of a message; text only."""

    model_config = ConfigDict(extra="allow")
    type: str = "text"
    text: Annotated[str, StringConstraints(max_length=TEXT)] | None = None


class Message(BaseModel):
    """A turn of a conversation."""

    model_config = ConfigDict(extra="allow")
    role: Short = ""
    content: Annotated[str, StringConstraints(max_length=TEXT)] | Annotated[list[Part], Field(max_length=64)] | None = (
        None
    )

    @property
    def text(self) -> str:
        """The words."""
        if isinstance(self.content, list):
            return "".join(part.text or "" for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """``include_usage``: count tokens at the end of a stream."""

    model_config = ConfigDict(extra="allow")
    include_usage: bool = False


class ChatAsked(BaseModel):
    """``POST /v1/chat/completions``: what we use of it, and ``effort``, which is ours; others are refused by name
    (``fields.check_extra``), but for those that ask for nothing."""

    model_config = ConfigDict(extra="allow")
    messages: Annotated[list[Message], Field(min_length=1, max_length=64)]
    model: Short | None = None
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=POEMS)] | None = 1
    effort: Effort | None = None
    temperature: Annotated[float, Field(ge=0, le=2.0, allow_inf_nan=False)] | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    seed: int | None = None
    stop: Stop | None = None
    max_tokens: Limit | None = None
    max_completion_tokens: Limit | None = None
    response_format: dict[str, Any] | None = None


class ResponsesAsked(BaseModel):
    """``POST /v1/responses``, as ``ChatAsked``. ``input``: a sentence, or the turns of a conversation."""

    model_config = ConfigDict(extra="allow")
    input: (
        Annotated[str, StringConstraints(max_length=TEXT)]
        | Annotated[list[Message], Field(min_length=1, max_length=64)]
    )
    model: Short | None = None
    stream: bool | None = False
    instructions: Annotated[str, StringConstraints(max_length=TEXT)] | None = None
    effort: Effort | None = None
    reasoning: dict[str, Any] | None = None
    temperature: Annotated[float, Field(ge=0, le=2.0, allow_inf_nan=False)] | None = None
    seed: int | None = None
    max_output_tokens: Limit | None = None
    text: dict[str, Any] | None = None


class Refused(BaseModel):
    """Why a request is not answered, in one Chinese sentence."""

    error: str


class OpenAIError(BaseModel):
    """The same in OpenAI's words."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class OpenAIRefused(BaseModel):
    """An error answer under ``/v1``."""

    error: OpenAIError
