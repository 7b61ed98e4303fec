"""The rules of conversation, pure: values in, values out, time counted in samples.

No asyncio, no threads, no clock, no model, no I/O in this room.
"""
