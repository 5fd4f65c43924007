"""Other machines: a password, a session, a wait after a wrong guess."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from argon2 import PasswordHasher
from guarded import WORDS, serve_behind
from lxml import html
from serving import Site

from weigh.errors import InputError
from weigh.folder import example_folders
from weigh.web.passwords import LONGEST_WAIT, Password, Waits
from weigh.web.serving import _hosts, is_here, serve_on

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def site() -> Iterator[Site]:
    """A worked example behind a password."""
    yield from serve_behind(WORDS, list(example_folders())[-1:])


def sign_in(site, password, to="/", **headers):
    return site.ask(
        "/sign-in",
        method="POST",
        known=False,
        headers={"Origin": site.origin, "Content-Type": FORM, **headers},
        body=urlencode({"password": password, "to": to}).encode(),
    )


def cookie_of(reply):
    return reply.headers["set-cookie"].split(";")[0]


def test_without_a_session_every_page_leads_to_the_form(site):
    reply = site.ask("/q/zinc-common-cold/?c=x", known=False)
    assert reply.status == 303
    assert reply.headers["location"] == "/sign-in?to=%2Fq%2Fzinc-common-cold%2F%3Fc%3Dx"
    assert site.ask("/q/zinc-common-cold.json", known=False).status == 401
    assert site.ask("/api/openapi.json", known=False).status == 401
    assert site.ask("/sign-in.json", known=False).status == 401
    assert "token" not in site.served.first_address(site.origin)


def test_the_form_can_be_pasted_into_and_filled_by_a_password_manager(site):
    page = html.fromstring(site.ask("/sign-in", known=False).text)
    field = page.xpath("//input[@type='password']")[0]
    assert field.get("autocomplete") == "current-password"
    assert page.xpath(f"//label[@for='{field.get('id')}']")
    assert not page.xpath("//@onpaste")


def test_the_password_opens_a_session_and_leads_on(site):
    reply = sign_in(site, WORDS, "/q/zinc-common-cold/")
    assert reply.status == 303
    assert reply.headers["location"] == "/q/zinc-common-cold/"
    said = reply.headers["set-cookie"]
    assert "HttpOnly" in said
    assert "SameSite=strict" in said
    assert site.ask("/", known=False, headers={"Cookie": cookie_of(reply)}).status == 200


def test_a_wrong_password_is_told_and_makes_its_sender_wait(site):
    reply = sign_in(site, "wrong horse battery")
    assert reply.status == 401
    assert "That is not the password." in reply.text
    assert "set-cookie" not in reply.headers
    again = sign_in(site, WORDS)
    assert again.status == 429
    assert int(again.headers["retry-after"]) >= 1
    assert "set-cookie" not in again.headers


def test_after_signing_out_the_old_key_opens_nothing(site):
    cookie = cookie_of(sign_in(site, WORDS))
    ours = {"Cookie": cookie, "Origin": site.origin}
    reply = site.ask("/sign-out", method="POST", known=False, headers=ours)
    assert reply.status == 303
    assert reply.headers["location"] == "/sign-in"
    assert site.ask("/", known=False, headers={"Cookie": cookie}).status == 303


def test_signing_in_again_ends_the_session_before(site):
    first = cookie_of(sign_in(site, WORDS))
    second = cookie_of(sign_in(site, WORDS, Cookie=first))
    assert first != second
    assert site.ask("/", known=False, headers={"Cookie": first}).status == 303
    assert site.ask("/", known=False, headers={"Cookie": second}).status == 200


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\r\nX: y", ""]
)
def test_nobody_is_led_to_another_site(site, to):
    assert sign_in(site, WORDS, to).headers["location"] == "/"


def test_another_site_can_sign_nobody_in_or_out(site):
    assert sign_in(site, WORDS, Origin="http://evil.example").status == 403
    cookie = cookie_of(sign_in(site, WORDS))
    foreign = {"Cookie": cookie, "Origin": "http://evil.example"}
    assert site.ask("/sign-out", method="POST", known=False, headers=foreign).status == 403
    assert site.ask("/", known=False, headers={"Cookie": cookie}).status == 200


def test_with_a_password_no_token_opens(site):
    for guess in ("", "None", WORDS):
        assert site.ask(f"/?token={quote(guess)}", known=False).status == 303
        bearer = {"Authorization": f"Bearer {guess}"}
        assert site.ask("/q/x.json", known=False, headers=bearer).status == 401


def test_each_wrong_attempt_doubles_the_wait_and_many_at_once_gain_nothing():
    now = [0.0]
    waits = Waits(clock=lambda: now[0])
    assert waits.begin("a") == 0.0
    assert waits.begin("a") == 1.0  # the first has not been judged yet
    assert waits.begin("b") == 0.0
    waited = []
    for _ in range(8):
        now[0] += waits.begin("a")
        assert waits.begin("a") == 0.0
        waited.append(waits.begin("a"))
    assert waited == [2.0, 4.0, 8.0, 16.0, 32.0, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]
    waits.forget("a")
    assert waits.begin("a") == 0.0


def test_only_the_hash_of_a_password_is_kept():
    held = Password.chosen(WORDS)
    assert WORDS not in repr(held)
    assert held.encoded.startswith("$argon2id$")
    assert held.opens(WORDS)
    assert not held.opens(WORDS + "x")
    assert not held.opens("x" * 10**6)


@pytest.mark.parametrize("words", ["", "short", "x" * 2000])
def test_a_password_that_could_be_found_is_refused(words):
    with pytest.raises(InputError, match="expected 12 to 1024"):
        Password.chosen(words)


def test_a_hash_comes_from_a_file_and_nothing_else_does():
    assert Password.hashed(PasswordHasher().hash(WORDS) + "\n", place="x").opens(WORDS)
    for wrong in (WORDS, "$argon2i$v=19$m=1", "$argon2id$rubbish", ""):
        with pytest.raises(InputError, match=r"secret\.txt: found no hash"):
            Password.hashed(wrong, place="secret.txt")


def test_other_machines_need_a_password_and_a_name():
    with pytest.raises(InputError, match="there is no password"):
        serve_on([], host="0.0.0.0", port=0, tell=print)
    with pytest.raises(InputError, match="no name"):
        serve_on([], host="0.0.0.0", port=0, password=Password("x"), tell=print)
    assert is_here("127.0.0.1")
    assert not is_here("192.0.2.1")


@pytest.mark.parametrize(
    ("host", "names", "hosts"),
    [
        ("127.0.0.1", (), ("127.0.0.1:80", "localhost:80")),
        ("::1", (), ("[::1]:80", "localhost:80")),
        ("0.0.0.0", ("https://Evidence.example.org",), ("evidence.example.org",)),
        ("192.0.2.1", ("evidence.local",), ("192.0.2.1:80", "evidence.local:80")),
        ("192.0.2.1", ("evidence.local:90",), ("192.0.2.1:80", "evidence.local:90")),
    ],
)
def test_the_app_answers_to_its_own_names_alone(host, names, hosts):
    assert _hosts(host, 80, names) == hosts


@pytest.mark.parametrize("name", ["https://", "https://a/b", "https://u@a", "https://a?b"])
def test_what_is_no_name_is_told(name):
    with pytest.raises(InputError, match="--name: found"):
        _hosts("0.0.0.0", 80, [name])
