"""Money: exact sums, and a day that can be spent only once."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.responders.realtime.meter import BILLION, Budget, Prices, Spent, in_words
from edgevoice.responders.realtime.session import Usage

TODAY = date(2026, 3, 1)
tokens = st.integers(0, 10**9)
usages = st.builds(Usage, tokens, tokens, tokens, tokens, tokens, tokens)
price = st.integers(0, 10**6).map(lambda thousandths: thousandths / 1000)
price_lists = st.builds(Prices, price, price, price, price, price, price, price)
days = st.integers(-400, 400).map(lambda n: TODAY + timedelta(n))
expenses = st.tuples(days, st.integers(0, 10**12), st.integers(0, 86_400).map(float))


def test_a_million_tokens_cost_their_price() -> None:
    assert Prices(audio_out=64).of(Usage(audio_out=10**6)) == 64 * BILLION
    assert Prices(text_in=0.4).of(Usage(text_in=1)) == 400
    assert Prices(minute=0.06).of_seconds(30) == BILLION * 3 // 100
    assert in_words(1_234_500_000) == "1.2345"


@given(price_lists, usages, usages)
def test_costs_add_up_exactly(prices: Prices, one: Usage, two: Usage) -> None:
    both = Usage(
        one.text_in + two.text_in,
        one.audio_in + two.audio_in,
        one.cached_text_in + two.cached_text_in,
        one.cached_audio_in + two.cached_audio_in,
        one.text_out + two.text_out,
        one.audio_out + two.audio_out,
    )
    assert prices.of(both) == prices.of(one) + prices.of(two) >= 0


@given(price_lists)
def test_prices_are_known_when_something_can_cost(prices: Prices) -> None:
    every = Usage(1, 1, 1, 1, 1, 1)
    assert prices.known == (prices.of(every) + prices.of_seconds(86_400) > 0)


@given(st.lists(expenses))
def test_within_a_day_nothing_is_given_back(history: list[tuple[date, int, float]]) -> None:
    spent = Spent(TODAY)
    budget = Budget(1.0, 600.0)
    for day, money, seconds in history:
        before = spent
        spent = spent.and_also(day, money, seconds)
        assert spent.day == max(before.day, day)
        if spent.day == before.day:
            assert (spent.money, spent.seconds) == (before.money + money, before.seconds + seconds)
            assert budget.left_s(spent) <= budget.left_s(before)
        else:
            assert (spent.money, spent.seconds) == (money, seconds)


@given(st.integers(0, 2 * BILLION), st.integers(0, 1200).map(float))
def test_a_budget_is_spent_by_money_or_by_time(money: int, seconds: float) -> None:
    left = Budget(1.0, 600.0).left_s(Spent(TODAY, money, seconds))
    assert (left == 0) == (money >= BILLION or seconds >= 600)
    assert left <= max(0, 600 - seconds)


def test_a_budget_of_nothing_allows_nothing() -> None:
    assert Budget(0, 600).left_s(Spent(TODAY)) == 0
    assert Budget(1, 0).left_s(Spent(TODAY)) == 0
