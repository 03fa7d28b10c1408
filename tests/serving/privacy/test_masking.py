from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban
from stdnum.pl import nip, pesel

from sedno.serving.privacy.masking import MARKS, Kind, mask

QUICK = settings(max_examples=150, deadline=None, derandomize=True)
AROUND = st.sampled_from(
    [
        ("{}", ""),
        ("Pisz: {}", ""),
        ("mój numer to {}, czekam", ""),
        ("({})", ""),
        ("Zażółć gęślą {} jaźń", ""),
        ("👍 {}!!! 👍", ""),
        ("pierwsza\n{}\ntrzecia", ""),
    ]
).map(lambda pair: pair[0])


def digits(count: int) -> st.SearchStrategy[str]:
    """So many digits."""
    return st.text("0123456789", min_size=count, max_size=count)


@st.composite
def ibans(draw: st.DrawFn) -> str:
    """Valid account numbers of several countries, in blocks or not."""
    country, length = draw(st.sampled_from([("PL", 24), ("DE", 18), ("CZ", 20), ("AT", 16)]))
    body = draw(digits(length))
    account = country + iban.calc_check_digits(f"{country}00{body}") + body
    if draw(st.booleans()):
        account = " ".join(account[at : at + 4] for at in range(0, len(account), 4))
    return account if draw(st.booleans()) else account.lower()


@st.composite
def pesels(draw: st.DrawFn) -> str:
    """Valid personal numbers of people born in 1930 to 2019."""
    year, month, day = (
        draw(st.integers(1930, 2019)),
        draw(st.integers(1, 12)),
        draw(st.integers(1, 28)),
    )
    base = f"{year % 100:02}{month + (20 if year >= 2000 else 0):02}{day:02}{draw(digits(4))}"
    number = base + pesel.calc_check_digit(base)
    assert pesel.is_valid(number)
    return number


@st.composite
def nips(draw: st.DrawFn) -> str:
    """Valid tax numbers in ways that say what they are."""
    base = draw(digits(9).filter(lambda text: text[0] != "0"))
    number = next((base + end for end in "0123456789" if nip.is_valid(base + end)), "5260250274")
    grouped = f"{number[:3]}-{number[3:6]}-{number[6:8]}-{number[8:]}"
    return draw(st.sampled_from([grouped, f"NIP {number}", f"NIP: {grouped}", f"PL{number}"]))


@st.composite
def phones(draw: st.DrawFn) -> str:
    """Polish mobile numbers in the ways that people write them."""
    number = draw(st.sampled_from(["50", "51", "60", "66", "69", "72", "78", "88"])) + draw(
        digits(7)
    )
    if not phonenumbers.is_valid_number(phonenumbers.parse(number, "PL")):
        number = "600123456"
    a, b, c = number[:3], number[3:6], number[6:]
    return draw(
        st.sampled_from(
            [number, f"{a} {b} {c}", f"{a}-{b}-{c}", f"+48 {a} {b} {c}", f"+48{number}",
             f"0048 {a} {b} {c}", f"tel. {a}{b}{c}", f"{a}\u00a0{b}\u00a0{c}"]
        )
    )  # fmt: skip


@st.composite
def emails(draw: st.DrawFn) -> str:
    """Addresses, plain and disguised."""
    name = draw(st.from_regex(r"[a-z][a-z0-9]{1,8}([._+][a-z0-9]{1,6})?", fullmatch=True))
    host = draw(st.from_regex(r"[a-z]{2,8}(-[a-z]{2,4})?", fullmatch=True))
    top = draw(st.sampled_from(["pl", "com", "com.pl"]))
    at = draw(st.sampled_from(["@", "@", " (at) ", "[małpa]", " malpa ", " @ "]))
    return f"{name}{at}{host}.{top}"


@QUICK
@given(secret=ibans(), around=AROUND)
def test_accounts_are_masked(secret: str, around: str) -> None:
    """In blocks or not, whatever stands around."""
    masked = mask(around.format(secret))
    assert masked.text == around.format(MARKS[Kind.IBAN])
    assert masked.found == {"iban": 1}


@QUICK
@given(secret=pesels(), around=AROUND)
def test_personal_numbers_are_masked(secret: str, around: str) -> None:
    """Whatever stands around."""
    assert mask(around.format(secret)).text == around.format(MARKS[Kind.PESEL])


@QUICK
@given(secret=nips(), around=AROUND)
def test_tax_numbers_are_masked(secret: str, around: str) -> None:
    """Where a word, PL or the grouping says what they are."""
    masked = mask(around.format(secret))
    assert masked.found == {"nip": 1}
    assert not any(letter.isdigit() for letter in masked.text)


@QUICK
@given(secret=phones(), around=AROUND)
def test_telephone_numbers_are_masked(secret: str, around: str) -> None:
    """In all the ways that people write them."""
    masked = mask(around.format(secret))
    assert masked.found == {"phone": 1}
    assert not any(letter.isdigit() for letter in masked.text)


@QUICK
@given(secret=emails(), around=AROUND)
def test_email_addresses_are_masked(secret: str, around: str) -> None:
    """Also written with (at), [małpa] and the like."""
    masked = mask(around.format(secret))
    assert masked.found == {"email": 1}
    assert secret not in masked.text


@QUICK
@given(
    text=st.one_of(
        st.text(max_size=80),
        st.text("0123456789 +-./()@abclmpPL,małpaulNIP\u200b６＠·", max_size=60),
        st.lists(st.one_of(phones(), emails(), ibans(), pesels(), nips()), max_size=3).map(
            " i ".join
        ),
    )
)
def test_a_second_time_changes_nothing(text: str) -> None:
    """What was masked holds nothing that would be masked; no text makes it fail."""
    masked = mask(text)
    again = mask(masked.text)
    assert (again.text, again.found) == (masked.text, {})
    assert (masked.text == text) == (not masked.found)


@QUICK
@given(
    price=st.integers(0, 10**9),
    year=st.integers(1900, 2100),
    order=st.integers(10**5, 10**11),
    amount=st.sampled_from(["zł", " zł", " PLN", "€", " EUR", ",99 zł", " tys.", " wyświetleń"]),
)
def test_prices_years_and_orders_stay(price: int, year: int, order: int, amount: str) -> None:
    """Numbers that name no person are what a comment is about."""
    spaced = f"{price:,}".replace(",", " ")
    for text in (
        f"Kosztuje {price}{amount}",
        f"Kosztuje {spaced}{amount}, dużo",
        f"W {year} roku było lepiej, w latach {year}-{year + 5} też",
        f"nr zamówienia {order} nie dotarł",
        f"Zamówienie nr: {order}",
        f"paczka numer {order}",
        f"reklamacja #{order}",
    ):
        assert mask(text).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mieszka na ul. Kwiatowej 5/7, 30-001 Kraków i tyle", "Mieszka na [adres] i tyle"),
        ("ul. 3 Maja 12", "[adres]"),
        ("ulica Długa 5", "[adres]"),
        ("al. Jana Pawła II 14 m. 3, 00-001 Warszawa", "[adres]"),
        ("Jan Kowalski, Kwiatowa 5, 30-001 Kraków", "Jan Kowalski, [adres]"),
        ("os. Słoneczne 4", "[adres]"),
        ("ul.Polna 3/5,00-123 Warszawa", "[adres]"),
        ("UL. POLNA 3 M 4 i ul. Polna 3 lok. 4", "[adres] i [adres]"),
        ("Piszcie: 00-123 Warszawa, Polna 3!", "Piszcie: [adres]!"),
        ("00-123 Nowy Targ, ul. Polna 3/5 m. 1", "[adres]"),
        ("ul. Polna\n3/5\n00-123 Warszawa", "[adres]"),
        ("ul. Polna 3,5 km stąd", "ul. Polna 3,5 km stąd"),
        ("kod 00-123 Warszawa, Polna ma 3 lata", "kod 00-123 Warszawa, Polna ma 3 lata"),
        ("６００ １２３ ４５６", "[telefon]"),
        ("6\u200b0\u200b0123456", "[telefon]"),
        ("+1 650 253 0000 i 22 621 00 00", "[telefon] i [telefon]"),
        ("61 1090 1014 0000 0712 1981 2874", "[IBAN]"),
        ("PL61109010140000071219812874 za buty 45", "[IBAN] za buty 45"),
        ("jan.kowalski@poczta.example.pl tel 600 123 456", "[e-mail] tel [telefon]"),
        ("Jan małpa poczta kropka pl", "[e-mail]"),
        ("Zamówienia: 600 123 456", "Zamówienia: [telefon]"),
        ("@kasia.nowak zobacz!", "[osoba] zobacz!"),
        ("hej @sklep.pl, kiedy promocja?", "hej [osoba], kiedy promocja?"),
        ("(@Żaneta_1), @@ola-k i ＠jan: @7kasia7.", "([osoba]), [osoba] i [osoba]: [osoba]."),
        ("k@sia @\u200bola napisz na ola@poczta.pl", "k@sia [osoba] napisz na [e-mail]"),
        ("https://www.youtube.com/@ola.gra/shorts", "https://www.youtube.com/[osoba]/shorts"),
    ],
)
def test_what_is_masked(text: str, expected: str) -> None:
    """Addresses, disguises, numbers of other countries, several in one text."""
    assert mask(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "super!",
        "4K@60fps, 2 kg @ 15 zł albo @15zł",
        "kontakt @ sklep, @, @@ i @!",
        "5260250274",
        "PESEL 44051401358",
        "NIP 5260250275",
        "PL61109010140000071219812875",
        "ul. Długa 5 zł za parking",
        "plac zabaw 5 minut stąd",
        "ul pełen pszczół",
        "od 10 do 15 minut, 12.05.2024, 12:30",
        "oglądam od 2015 roku, 3 razy w 4K 3840x2160",
        "kod EAN 5901234123457",
        "1:0, 2-1, 10/10, 100%",
        "192.168.0.1:8080",
        "wersja 1.2.3-4",
    ],
)
def test_what_is_left(text: str) -> None:
    """Wrong check digits, prices, times, scores, versions."""
    assert mask(text).text == text


def test_the_brands_own_profiles_stay() -> None:
    """However they are written; others beside them do not. Left on demand, nobody is masked."""
    own = {"rosa.polna"}
    text = "@Rosa.Polna czy @rosa.polna.fan? Pyta @ola, mail ola@poczta.pl"
    assert mask(text, own=own).text == "@Rosa.Polna czy [osoba]? Pyta [osoba], mail [e-mail]"
    assert mask(text, own=own).found == {"mention": 2, "email": 1}
    assert mask(text, own=None).text == text.replace("ola@poczta.pl", "[e-mail]")


def test_a_long_text_is_done_soon() -> None:
    """Texts made to trip a pattern up end too."""
    for piece in ("a.", "1 ", "(at)", "ul. ", "@a", "A ", "PL6", "a małpa ", "12-345 "):
        mask(piece * (20_000 // len(piece)))
