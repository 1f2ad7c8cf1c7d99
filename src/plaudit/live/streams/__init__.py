"""Streams: the keys of creators' tools, and rooms that go live and end with what a media server tells."""
