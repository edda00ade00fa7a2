"""Turn detection for realtime clients: finds and recognises utterances in sound while it is received."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from asr_desktop.recognition.live_events import Final, Partial, Stopped
from asr_desktop.recognition.worker.protocol import Cancelled, Event, Failed, LiveSaid, UtteranceSkipped
from asr_desktop.server.live_recognition import ClientRecording, LiveRecognition
from asr_desktop.server.realtime_protocol import RealtimeEvents, RealtimeSettings, new_id
from asr_desktop.server.refusal import Refusal, busy


class ListenedSpeech:
    """A stream of sound in which utterances are recognised, until it is finished or dropped."""

    def __init__(self, live: LiveRecognition, events: RealtimeEvents, before_seconds: float) -> None:
        self._live = live
        self._events = events
        self._before_seconds = before_seconds
        self._stack = AsyncExitStack()
        self._open: _OpenItem | None = None
        self._telling: asyncio.Task[None] | None = None
        self.recording: ClientRecording

    @classmethod
    async def begin(
        cls,
        live: LiveRecognition,
        events: RealtimeEvents,
        settings: RealtimeSettings,
        before_seconds: float,
    ) -> ListenedSpeech:
        """Start recognition. before_seconds: duration of the sound that the client sent before. Raises
        Refusal (503) if the maximum number of live clients is reached."""
        made = cls(live, events, before_seconds)
        choice = replace(live.choice, hotwords=(*live.choice.hotwords, *settings.hotwords))
        if settings.turn_detection is not None:
            segmenter_options = settings.turn_detection.segmenter_options(choice.segmenter_options)
            choice = replace(choice, segmenter_options=segmenter_options)
        made._stack.enter_context(live.room())
        try:
            made.recording, news = await made._stack.enter_async_context(live.listening(choice))
        except BaseException:
            await made._stack.aclose()
            raise
        made._telling = asyncio.create_task(made._tell(news))
        return made

    @property
    def has_ended(self) -> bool:
        """Whether recognition has ended early because of an error, which `finish` raises."""
        return self._telling is not None and self._telling.done()

    async def finish(self) -> None:
        """End the stream and wait until all of it is recognised. Raises Refusal."""
        assert self._telling is not None
        limits = self._live.limits
        try:
            await asyncio.to_thread(self.recording.finish)
            done, _ = await asyncio.wait({self._telling}, timeout=limits.wait_seconds)
            if not done:
                raise busy("The recogniser is too slow; try again later.", limits.retry_seconds)
            self._telling.result()
        finally:
            await self.drop()

    async def drop(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)
        await self._stack.aclose()

    async def _tell(self, news: asyncio.Queue[Event]) -> None:
        """Send events to the client until recognition has ended. Raises Refusal."""
        while True:
            match await news.get():
                case LiveSaid(event=Partial() as partial):
                    await self._go_on(partial)
                case LiveSaid(event=Final() as final):
                    await self._end(final)
                case LiveSaid(event=Stopped()):
                    return
                case UtteranceSkipped(message=sentence):
                    await self._events.error(Refusal(500, sentence))
                case Failed(message=sentence):
                    raise Refusal(500, sentence)
                case Cancelled():
                    raise busy("The server is stopping.", self._live.limits.retry_seconds)

    async def _begin_item(self, start_seconds: float) -> _OpenItem:
        if self._open is None:
            self._open = _OpenItem(new_id("item"))
            await self._events.tell(
                "input_audio_buffer.speech_started",
                item_id=self._open.id,
                audio_start_ms=self._ms(start_seconds),
            )
        return self._open

    async def _go_on(self, partial: Partial) -> None:
        item = await self._begin_item(partial.start_seconds)
        if (more := item.more(partial.committed_text)) and partial.committed_text:
            await self._events.delta(item.id, more)

    async def _end(self, final: Final) -> None:
        if self._open is None and not final.words:
            return  # no speech
        item = await self._begin_item(final.start_seconds)
        self._open = None
        ended_ms = self._ms(final.end_seconds)
        await self._events.tell("input_audio_buffer.speech_stopped", item_id=item.id, audio_end_ms=ended_ms)
        await self._events.committed(item.id)
        if more := item.more(final.text):
            await self._events.delta(item.id, more)
        await self._events.completed(item.id, final.text, final.end_seconds - final.start_seconds)

    def _ms(self, seconds: float) -> int:
        return round(1000 * (self._before_seconds + seconds))


@dataclass
class _OpenItem:
    """The current utterance. told: the part of its text that was sent."""

    id: str
    told: str = ""

    def more(self, text: str) -> str:
        """The part of ``text`` after the sent part; empty if the text does not begin with that part."""
        if not text.startswith(self.told):
            return ""
        more, self.told = text[len(self.told) :], text
        return more
