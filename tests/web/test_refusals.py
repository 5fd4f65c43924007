"""What a stranger may try besides words: paths, links out of a folder, sizes, odd requests."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import socket

import pytest

from weigh.folder import example_folders
from weigh.web.access import LARGEST_BODY

ZINC = next(path for path in example_folders() if path.name == "zinc-common-cold")
SECRET = "nobody-may-read-this"

CLIMBS = (
    "../" * 8 + "etc/passwd",
    "..%2f" * 8 + "etc%2fpasswd",
    "%2e%2e/" * 8 + "etc/passwd",
    "..%5c" * 8 + "etc%5cpasswd",
    "%252e%252e%252fetc%252fpasswd",
    "....//....//etc/passwd",
    "%c0%ae%c0%ae/etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "question.yaml%00.json",
)


@pytest.mark.parametrize("climb", CLIMBS)
@pytest.mark.parametrize(
    "place",
    [
        "/static/{}",
        "/q/{}/",
        "/q/{}.json",
        "/q/zinc-common-cold/plots/{}.svg",
        "/q/zinc-common-cold/export/{}",
        "/q/zinc-common-cold/studies/{}.json",
        "/q/zinc-common-cold/versions/{}/answer.json",
        "/q/zinc-common-cold/nodes/{}.json",
        "/audits/{}.json",
        "/audits/{}/page.html",
    ],
)
def test_no_address_climbs_out_of_what_is_served(site, place, climb):
    reply = site.ask(place.format(climb))
    assert reply.status in (404, 422)
    assert "root:" not in reply.text
    assert "Traceback" not in reply.text


@pytest.mark.parametrize("name", ["studies.yaml", "background.yaml", "references.json"])
def test_a_link_out_of_a_folder_is_not_followed(serving, tmp_path, name):
    outside = tmp_path / "outside.txt"
    outside.write_text(SECRET)
    folder = shutil.copytree(ZINC, tmp_path / "cold")
    (folder / name).unlink()
    (folder / name).symlink_to(outside)
    site = serving(folder)
    for path in ("/", "/q/cold/", "/q/cold.json", "/questions.json"):
        reply = site.ask(path)
        assert SECRET not in reply.text
        assert "link" in reply.text


def test_a_folder_whose_files_become_links_while_it_is_served_is_refused(serving, tmp_path):
    folder = shutil.copytree(ZINC, tmp_path / "cold")
    site = serving(folder)
    assert site.ask("/q/cold/").status == 200
    (folder / "safety.yaml").unlink()
    (folder / "safety.yaml").symlink_to("/etc/passwd")
    reply = site.ask("/q/cold/")
    assert reply.status == 422
    assert "root:" not in reply.text


def raw(site, *parts):
    """Send bytes as they are, and read what comes back."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        for part in parts:
            try:
                connection.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                break
        found = b""
        with contextlib.suppress(OSError):  # hung up on us
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                found += chunk
        return found


def head(site, *more):
    lines = [
        "POST /audit HTTP/1.1",
        f"Host: 127.0.0.1:{site.port}",
        f"Origin: {site.origin}",
        f"Authorization: Bearer {site.served.token}",
        "Connection: close",
        *more,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_a_body_that_does_not_say_how_long_it_is_stops_at_the_limit(site):
    block = b"100000\r\n" + b"x" * 2**20 + b"\r\n"
    blocks = [block] * (LARGEST_BODY // 2**20 + 2)
    form = "Content-Type: application/x-www-form-urlencoded"
    reply = raw(site, head(site, form, "Transfer-Encoding: chunked"), *blocks, b"0\r\n\r\n")
    assert not reply.startswith(b"HTTP/1.1 2")
    assert not reply.startswith(b"HTTP/1.1 3")
    assert site.ask("/").status == 200


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x", "..\\..\\x.md", "/etc/passwd", "<img src=x onerror=alert(1)>.md"]
)
def test_the_name_of_an_upload_is_a_name_and_no_path(site, name):
    edge = "----edge"
    text = "Zinc cures the common cold. A trial found that zinc shortens colds by two days. " * 9
    body = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: text/markdown\r\n\r\n{text}\r\n--{edge}--\r\n"
    ).encode()
    reply = site.ask(
        "/audit",
        method="POST",
        headers={
            "Origin": site.origin,
            "Content-Type": f"multipart/form-data; boundary={edge}",
        },
        body=body,
    )
    assert reply.status == 303
    page = site.ask(reply.headers["location"]).text
    assert "<img src=x" not in page
    assert "cron.d/" not in page
    assert "etc/passwd" not in page


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
def test_nothing_is_changed_by_any_other_method(site, method):
    for path in ("/q/zinc-common-cold/", "/audit", "/api/q/zinc-common-cold/versions"):
        reply = site.ask(path, method=method, headers={"Origin": site.origin})
        assert reply.status == 405


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_json_is_taken_as_json_alone(site, kind):
    """What a form of another site could send does not change anything, whatever its origin."""
    reply = site.ask(
        "/api/q/zinc-common-cold/versions",
        method="POST",
        headers={"Origin": site.origin, **({"Content-Type": kind} if kind else {})},
        body=b'{"why": "x", "by": "x"}',
    )
    assert reply.status == 422


def test_a_hundred_guessed_keys_open_nothing(site):
    for _ in range(100):
        guess = secrets.token_urlsafe(24)
        reply = site.ask(
            "/q/zinc-common-cold.json",
            known=False,
            headers={"Authorization": f"Bearer {guess}", "Cookie": f"weigh-session={guess}"},
        )
        assert reply.status == 401
    assert len(site.served.token) >= 32
