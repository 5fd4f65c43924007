"""The gate: who may read, and what a page may load."""

from __future__ import annotations

import pytest

from weigh.web.access import LARGEST_BODY, Sessions


def test_without_the_key_nothing_is_shown(site):
    for path in ("/", "/q/zinc-common-cold/", "/q/zinc-common-cold.json", "/api/openapi.json"):
        reply = site.ask(path, known=False)
        assert reply.status == 401
        assert "zinc" not in reply.text


def test_the_first_address_trades_its_key_for_a_cookie_that_scripts_cannot_read(site):
    reply = site.ask(f"/q/zinc-common-cold/?token={site.served.token}&c=x", known=False)
    assert reply.status == 303
    assert reply.headers["location"] == "/q/zinc-common-cold/?c=x"
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert site.served.token not in cookie
    pair = cookie.split(";")[0]
    assert site.ask("/", known=False, headers={"Cookie": pair}).status == 200


@pytest.mark.parametrize("guess", ["", "x", "token", "%00", "a" * 500])
def test_a_guess_is_refused(site, guess):
    assert site.ask(f"/?token={guess}", known=False).status == 401
    assert site.ask("/", known=False, headers={"Authorization": f"Bearer {guess}"}).status == 401
    assert site.ask("/", known=False, headers={"Cookie": f"weigh-session={guess}"}).status == 401


def test_two_keys_in_one_address_open_nothing(site):
    assert site.ask(f"/?token=x&token={site.served.token}", known=False).status == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost:80", ""])
def test_a_foreign_host_is_refused_even_with_the_key(site, host):
    reply = site.ask("/", headers={"Host": host})
    assert reply.status == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_asked_for_by_another_site_is_refused(site, headers):
    assert site.ask("/q/zinc-common-cold/", method="POST", headers=headers).status == 403


def test_a_change_from_a_page_of_ours_passes_the_gate(site):
    reply = site.ask("/q/zinc-common-cold/", method="POST", headers={"Origin": site.origin})
    assert reply.status == 405  # there is nothing to change here, but the gate was open


@pytest.mark.parametrize("length", [str(LARGEST_BODY + 1), "-1", "many"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(site, length):
    reply = site.ask("/", method="POST", headers={"Content-Length": length, "Origin": site.origin})
    assert reply.status in (400, 413)


def test_every_answer_forbids_to_load_frame_or_run_anything_else(site):
    for path in ("/", "/q/zinc-common-cold/", "/nowhere", "/static/app.js"):
        policy = site.ask(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe-inline" not in policy.replace("style-src-attr 'unsafe-inline'", "")
        assert "frame-ancestors 'none'" in policy
        assert site.ask(path).headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/static/../access.py", "/static/%2e%2e%2faccess.py", "/static//etc/passwd", "/q/../../x"],
)
def test_no_address_leads_to_a_file(site, path):
    assert site.ask(path).status == 404


def test_a_session_ends():
    sessions = Sessions(lasting=0.0)
    assert not sessions.knows(sessions.begin())
    sessions = Sessions()
    key = sessions.begin()
    assert sessions.knows(key)
    sessions.end(key)
    assert not sessions.knows(key)
