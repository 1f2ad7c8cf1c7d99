"""Papers as PDF, made beside the event loop, a few at a time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from plaudit.limits import PAPERS_AT_ONCE
from plaudit.selling.papers import pdf
from plaudit.selling.papers.document import Document
from plaudit.settings import Settings

_makers = ThreadPoolExecutor(PAPERS_AT_ONCE, thread_name_prefix="papers")


async def printed(document: Document, settings: Settings) -> bytes:
    """The PDF of a paper, in the language that is spoken."""
    speaks = copy_context()  # the language
    return await asyncio.get_running_loop().run_in_executor(_makers, speaks.run, pdf.render, document, settings)
