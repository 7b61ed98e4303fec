"""The pure parts of the starter chat model's training: corpus, split, checker, template."""

import itertools
import random
import re

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.train.chat import corpus, noise, outside, split, topics_long
from tools.train.chat.chat_format import ASSISTANT, BEGIN, CHAT_TEMPLATE, assistant_text, user_text
from tools.train.chat.checker import is_honest, is_right
from tools.train.chat.corpus import SCENES, conversation, conversations, sample_requests, scene
from tools.train.chat.facts import ANIMALS, COUNTRIES, OPPOSITES
from tools.train.chat.number_words import to_digits, words
from tools.train.chat.outside_requests import KINDS, REFUSALS
from tools.train.chat.phrasing import Turn, expand, fill, texts, unreserved

ALL_PHRASINGS = split.all_phrasings()


class TestSplit:
    def test_there_is_something_to_split(self) -> None:
        assert len(ALL_PHRASINGS) > 80

    def test_no_held_out_phrasing_is_trained_on(self) -> None:
        held_out = frozenset().union(*(texts(p.held_out) for p in ALL_PHRASINGS))
        trained = {
            text
            for p in ALL_PHRASINGS
            for text in texts(p.train)
            if texts(p.held_out).isdisjoint(noise.without_fillers(text))
        }
        assert held_out and not trained & held_out

    def test_training_draws_no_held_out_phrasing(self) -> None:
        rng = random.Random(8)
        for p in ALL_PHRASINGS:
            drawn = {unreserved(p.train, p.held_out, rng) for _ in range(300)}
            bare = {part for text in drawn for part in noise.without_fillers(text)}
            assert not bare & texts(p.held_out)

    def test_training_has_no_line_that_is_asked_in_the_test(self) -> None:
        asked = set(sample_requests(random.Random(1), 6000, held_out=True))
        talks = itertools.islice(conversations(11), 1500)
        trained = {line.turn.user.lower() for talk in talks for line in talk}
        assert not asked & trained

    def test_noise_brings_no_held_out_phrasing_back(self) -> None:
        assert split.is_held_out("well could a bear fly please")
        assert not split.is_held_out("can a bear fly")
        rng = random.Random(9)
        for turn in (turn for _ in range(2000) for turn in scene(rng)):
            heard = corpus._arriving(turn, rng, "spoken", interrupting=False).user
            assert heard == turn.user or not split.is_held_out(heard)

    def test_no_held_out_refusal_template_is_trained_on(self) -> None:
        rng, held_out = random.Random(10), texts(outside.templates(True))
        for kind in KINDS:
            drawn = {outside._training_text(kind, rng) for _ in range(1000)}
            assert not {part for text in drawn for part in noise.without_fillers(text)} & held_out

    def test_held_out_words_are_not_in_training_lines(self) -> None:
        rng = random.Random(1)
        pool = {w for w in outside._POOLS["u"] if outside.is_held_out(w)}
        lines = [outside.outside(rng, False)[-1].user for _ in range(3000)]
        template_words = {w for t in outside.templates(False) for w in re.findall(r"[a-z']+", t)}
        unsplit = [word for field in "yrdmbst" for word in outside._POOLS[field]]
        other = {part for word in unsplit for part in word.split()}
        seen = {word for line in lines for word in line.split()}
        assert pool and not (seen & pool) - template_words - other


class TestCorpus:
    def test_a_seed_gives_the_same_conversations(self) -> None:
        one, two = (list(itertools.islice(conversations(5), 40)) for _ in range(2))
        assert one == two

    @pytest.mark.parametrize("kind", SCENES)
    @pytest.mark.parametrize("held_out", [False, True])
    def test_reference_replies_pass_their_own_check(self, kind: str, held_out: bool) -> None:
        rng = random.Random(kind)
        for _ in range(200):
            for turn in scene(rng, held_out, kind):
                assert is_right(turn, turn.reply), turn

    def test_replies_can_be_spoken(self) -> None:
        rng = random.Random(3)
        for _ in range(2000):
            for turn in scene(rng):
                assert re.fullmatch(r"[A-Z][A-Za-z',.!?: ]*[.!?]", turn.reply), turn.reply

    @pytest.mark.parametrize("held_out", [False, True])
    def test_requests_are_written_like_a_recogniser_writes(self, held_out: bool) -> None:
        for line in sample_requests(random.Random(4), 3000, held_out):
            assert re.fullmatch(r"[a-z']+( [a-z']+)*", line), line

    def test_replies_that_were_broken_off_are_marked(self) -> None:
        rng = random.Random(6)
        lines = [line for _ in range(400) for line in conversation(rng, 8)]
        broken = [line.turn.reply for line in lines if not line.finished]
        assert len(broken) > 50 and any(not reply.endswith(".") for reply in broken)

    @pytest.mark.parametrize("hero", topics_long.HEROES)
    def test_stories_are_long_and_always_the_same(self, hero: str) -> None:
        story = topics_long.story(hero)
        assert 70 <= len(story.split()) <= 110 and story == topics_long.story(hero)

    def test_tables_have_no_doubles(self) -> None:
        for names in ([c.name for c in COUNTRIES], [a.name for a in ANIMALS]):
            assert len(set(names)) == len(names)
        assert all(OPPOSITES[other] for other in OPPOSITES.values())


class TestNumbers:
    @given(st.integers(0, 999_999))
    def test_digits_undo_words(self, n: int) -> None:
        assert to_digits(words(n)) == str(n)

    @pytest.mark.parametrize(
        ("n", "said"),
        [
            (-3, "minus three"),
            (40, "forty"),
            (365, "three hundred sixty five"),
            (9000, "nine thousand"),
        ],
    )
    def test_words(self, n: int, said: str) -> None:
        assert words(n) == said

    def test_too_large(self) -> None:
        with pytest.raises(ValueError, match="six digits"):
            words(1_000_000)

    def test_digits_inside_a_request(self) -> None:
        assert to_digits("what is forty two plus one hundred") == "what is 42 plus 100"

    def test_a_list_of_numbers_is_no_number(self) -> None:
        assert to_digits("one two three testing") == "one two three testing"


class TestPhrasing:
    def test_expand(self) -> None:
        assert list(expand("[a|b] c[ d|]")) == ["a c d", "a c", "b c d", "b c"]

    def test_fill_leaves_single_spaces(self) -> None:
        assert fill("[x|] the  {c} [|]", random.Random(0), c="sea") in ("x the sea", "the sea")


class TestNoise:
    @given(st.integers(0, 10_000))
    def test_noise_keeps_words_and_single_spaces(self, seed: int) -> None:
        rng = random.Random(seed)
        line = noise.misheard(scene(rng)[0].user, rng)
        assert line and line == " ".join(line.split())

    @given(st.integers(0, 10_000))
    def test_typed_lines_begin_with_a_capital_or_digit(self, seed: int) -> None:
        rng = random.Random(seed)
        assert re.match(r"[A-Z0-9]", noise.typed(scene(rng)[0].user, rng))


class TestChecker:
    def turn(self, reply: str, *needs: str, exact: bool = True) -> Turn:
        return Turn("", reply, "topic", needs, exact)

    def test_a_longer_number_is_another_number(self) -> None:
        turn = self.turn("Five times ten is fifty.", "is fifty")
        assert is_right(turn, "five times ten is fifty")
        assert not is_right(turn, "Five times ten is fifty six.")

    def test_another_operand_is_wrong(self) -> None:
        turn = self.turn("Five times ten is fifty.", "is fifty")
        assert not is_right(turn, "Two times ten is fifty.")

    def test_another_country_is_wrong(self) -> None:
        turn = self.turn("The capital of France is Paris.", "paris")
        assert not is_right(turn, "The capital of Spain is Paris.")
        assert not is_right(turn, "The capital of France is Paris or Rome.")

    def test_a_refusal_is_not_an_answer(self) -> None:
        turn = self.turn("Good.", "good", exact=False)
        assert not is_right(turn, "Good question, but I am only the starter model.")

    def test_a_story_needs_length_and_an_end(self) -> None:
        turn = Turn("", topics_long.story("fox"), "long answers", ("fox",), long=True)
        assert not is_right(turn, "A fox lived.")
        assert not is_right(turn, turn.reply[:-1])

    @pytest.mark.parametrize("reply", REFUSALS)
    def test_refusals_are_honest(self, reply: str) -> None:
        assert is_honest(reply)

    def test_an_invention_is_not_honest(self) -> None:
        assert not is_honest("I am only the starter model, but it is in Paris.")
        assert not is_honest("It is noon.")


class TestTemplate:
    messages = (
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": " What is THIS? "},
        {"role": "assistant", "content": "A thing."},
        {"role": "user", "content": "ok"},
    )

    def render(self, count: int, reply_follows: bool) -> str:
        return (
            jinja2.Environment()
            .from_string(CHAT_TEMPLATE)
            .render(messages=self.messages[:count], add_generation_prompt=reply_follows)
        )

    def test_it_writes_what_training_wrote(self) -> None:
        expected = BEGIN + user_text("what is this?") + assistant_text("A thing.") + user_text("ok")
        assert self.render(4, True) == expected + ASSISTANT

    def test_a_longer_history_only_appends(self) -> None:
        assert self.render(4, True).startswith(self.render(2, True))
