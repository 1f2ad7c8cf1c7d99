"""A tax service: says the tax of a place, or answers as services do on bad days."""

import asyncio
from typing import Any

from litestar import Litestar, Request, Response, get, post

from tests.peers.serving import serve

KEY = "the key of the service"
RATES = {
    ("US", "NY", "10001"): ("Sales tax", "8.875"),
    ("US", "OR", ""): ("Sales tax", "0"),
    ("DE", "", ""): ("USt", "19"),
}


class Service:
    """What it is asked, and how it behaves."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.mood = "well"

    def answer(self, place: dict[str, Any]) -> Response[Any]:
        bodies: dict[str, Any] = {
            "garbage": b"<html>",
            "absurd": _said("887.5"),
            "number": _said(8.875),
            "huge": _said("8.875", "x" * 100_000),
        }
        if self.mood in bodies:
            return Response(bodies[self.mood])
        if self.mood.isdecimal():
            return Response({}, status_code=int(self.mood), headers={"Location": "/elsewhere"})
        known = RATES.get((place["country"], place["subdivision"], place["postal_code"]))
        if known is None:
            return Response(None, status_code=204)
        return Response(_said(known[1], f"calc-{len(self.asked)}", known[0]))


def _said(rate_percent: Any, reference: str = "x", name: str = "Sales tax") -> dict[str, Any]:
    return {"name": name, "rate_percent": rate_percent, "reference": reference}


def create(_url: str) -> Litestar:
    service = Service()

    @post("/tax", status_code=200)
    async def tax(request: Request[Any, Any, Any]) -> Response[Any]:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return Response({}, status_code=401)
        place = await request.json()
        service.asked.append(place)
        if service.mood == "silent":
            await asyncio.Event().wait()
        return service.answer(place)

    @post("/_control/mood", status_code=200)
    async def mood(data: dict[str, str]) -> dict[str, str]:
        service.mood = data["mood"]
        return data

    @get("/_control/asked")
    async def asked() -> list[dict[str, Any]]:
        return service.asked

    return Litestar([tax, mood, asked])


if __name__ == "__main__":
    serve(create)
