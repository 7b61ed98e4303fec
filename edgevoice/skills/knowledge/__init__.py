"""Answers from the operator's own documents, found on the device and told as quotations.

folder ──documents──▶ text ──passages──▶ pieces ──index──▶ SQLite, BM25
question ──words──▶ index ──answer──▶ "According to the House Handbook: …", or nothing
"""
