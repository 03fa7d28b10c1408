from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sedno.models.cache import LruCache


def test_the_longest_unused_text_goes_first() -> None:
    """Looking a text up counts as using it."""
    cache: LruCache[int] = LruCache(2)
    cache.put(["a", "b"], [1, 2])
    assert cache.get(["a"]) == [1]

    cache.put(["c"], [3])

    assert cache.get(["a", "b", "c"]) == [1, None, 3]


def test_it_never_holds_more_than_its_size() -> None:
    """Not even when more than that is put at once."""
    cache: LruCache[int] = LruCache(3)

    cache.put([str(number) for number in range(100)], range(100))

    assert len(cache) == 3


def test_size_zero_keeps_nothing() -> None:
    """A cache can be switched off."""
    cache: LruCache[int] = LruCache(0)

    cache.put(["a"], [1])

    assert cache.get(["a"]) == [None]
    assert len(cache) == 0


def test_many_threads_may_use_it_at_once() -> None:
    """A text's value is its own, and the bound holds, under concurrent use."""
    cache: LruCache[int] = LruCache(50)

    def work(seed: int) -> bool:
        texts = [str((seed * 7 + step) % 120) for step in range(500)]
        cache.put(texts, [int(text) for text in texts])
        found = cache.get(texts)
        return all(value in {None, int(text)} for text, value in zip(texts, found, strict=True))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(16)))
    assert len(cache) <= 50
