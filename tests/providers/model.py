"""A server of language models, as those that speak OpenAI's chat completions answer; what it "thinks" is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

NAME, KEY = "qwen-plus", "canary-model-key"


class ModelServer:
    """`thought` is what the model says next; `fault` is the HTTP status that the next call meets instead."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.thought: str | None = "0"
        self.fault: int | None = None

    def routes(self) -> list[Route]:
        return [Route("/v1/chat/completions", self.answer, methods=["POST"])]

    async def answer(self, request: Request) -> Response:
        asked = await request.json()
        self.asked.append(asked)
        fault, self.fault = self.fault, None
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return _error(401, "invalid_api_key")
        if fault is not None:
            return _error(fault, "rate_limit_exceeded" if fault == 429 else "server_error")
        if asked.get("model") != NAME:
            return _error(404, "model_not_found")
        roles = [message.get("role") for message in asked.get("messages", [])]
        if not roles or roles[-1] != "user" or not isinstance(asked.get("max_tokens"), int):
            return _error(400, "invalid_request_error")
        message = {"role": "assistant", "content": self.thought}
        usage = {"prompt_tokens": 120, "completion_tokens": 1, "total_tokens": 121}
        return JSONResponse({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1795312800, "model": NAME, "usage": usage,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        })  # fmt: skip


def _error(status: int, code: str) -> Response:
    return JSONResponse({"error": {"message": code, "type": code, "param": None, "code": code}}, status)
