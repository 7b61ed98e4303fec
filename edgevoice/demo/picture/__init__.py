"""A conversation as a picture that reads like a musical score.

Time runs to the right, in rows of about a dozen seconds, and every row has the same lanes. From
top to bottom: what the person said and how it sounded, what was understood, how long the answer
took, what the machine did in that time, what was heard of the answer and in which words.

`score.py` lays it out (pure, with `rows`, `staff`, `lanes`, `labels`), `paint.py` draws it.
"""

from edgevoice.demo.picture.paint import draw_conversation as draw_conversation
