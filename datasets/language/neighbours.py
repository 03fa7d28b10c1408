"""Common words of languages that the trained model has no texts of, or (Ukrainian) few.

Only words that stay below one in a thousand texts of every language the model was trained on,
so that a few of them in one text are not a coincidence. They are function words and words of
everyday comments, not taken from any corpus.
"""

from __future__ import annotations

from functools import cache

_WORDS = {
    "be": """
        дзякуй вельмі гэта гэты калі дзе што як чаму ужо колькі прыгожа быў быць мяне цябе
        таксама лепш які якая усё заўсёды зараз трэба можна
        """,
    "cs": """
        jsem jsi jsme jste jsou není nejsou protože když taky ještě jestli který která které kdy
        proč tohle tady děkuji díky hezké hezký krásné líbí nelíbí skvělé souhlasím někdo někde
        vůbec bych něco být teď těším jenom další nevím můžu chtěl koupit nejlepší jenže proto
        pořád hrozně tenhle tahle tyhle
        """,
    "da": """
        ikke jeg og hvad meget også noget fordi hvor hvornår hvorfor nogen mange koster købe
        denne vil skal havde bliver rigtig sjov kun lige ligesom smukt
        """,
    "et": """
        väga aga kuidas aitäh kus kui palju millal miks mul meie teie ilus hea ainult veel
        juba oli või kas siin seda
        """,
    "fi": """
        ei että mutta hyvä niin kun myös todella kiitos tämä tämän mitä missä mistä milloin miksi
        minä sinä olen oli ole ovat voiko hän kuin nyt vain vielä ihan kaunis hieno paras minulla
        kyllä tosi jotain tulee onko
        """,
    "lt": """
        yra labai tai bet kaip aš ačiū nėra kur kiek kodėl jūs gražu gražus geras gerai šis ši
        tik jau buvo apie nuo iki arba
        """,
    "lv": """
        ļoti tā nav bet kā paldies kur cik kāpēc tev viņš viņa mēs jūs skaisti labi labs šis šī
        tikai vēl jau būs bija līdz
        """,
    "nb": """
        ikke jeg og hva veldig også noe fordi hvor når hvorfor deg noen takk mange koster kjøpe
        denne vil skal hadde ble morsomt kun etter akkurat dere tusen
        """,
    "nl": """
        het een niet ik voor zijn ook geen naar heel mooi mooie leuk leuke goed goede deze jullie
        bedankt mijn jij hij wij hebben heb heeft wordt waar wanneer hoeveel waarom wel weer
        gewoon omdat kopen kost werkt helemaal graag lekker ooit twee aan bij uit door
        """,
    "ro": """
        și sunt foarte pentru că mult frumos cât când unde să îmi mulțumesc ați aveți fost bine
        acest această aceste doar după fără cea mea tău sau vreau poate îi nici aici acum
        """,
    "tr": """
        bir çok için değil güzel gibi daha kadar nasıl neden nerede teşekkür teşekkürler ederim
        olmuş iyi mı şey benim senin olarak harika evet hayır sonra çünkü hiç
        """,
    "uk": """
        дякую дуже гарно гарна гарний це цей ця як коли чому вже немає скільки прошу будь ласка
        купити чудово класно був було бути мені тобі його якщо також теж краще який яка яке усе
        завжди зараз треба можна подобається
        """,
}
_SMALLEST_SHARE = 0.2


@cache
def _languages_of() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code, words in _WORDS.items():
        for word in words.split():
            found.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in found.items()}


def neighbour(words: str) -> tuple[str, int] | None:
    """Return the language that a text has most common words of, and how many.

    Returns:
        The code and the number of different words, if those are at least a fifth of all; the
        alphabetically first language where several have as many.
    """
    languages_of = _languages_of()
    tokens = set(words.split())
    counts: dict[str, int] = {}
    for token in tokens:
        for code in languages_of.get(token, ()):
            counts[code] = counts.get(code, 0) + 1
    if not counts:
        return None
    code = min(counts, key=lambda known: (-counts[known], known))
    return (code, counts[code]) if counts[code] >= _SMALLEST_SHARE * len(tokens) else None
