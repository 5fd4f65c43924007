"""How the command line starts, ends and fails: streams, exit codes, one clear message."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import weigh as package
from weigh.cli import running
from weigh.errors import OutOfReachError

WEIGH = [sys.executable, "-c", "from weigh.cli import main; main()"]


def start(*arguments, **options):
    """Run the command line as a process of its own."""
    return subprocess.run(
        [*WEIGH, *map(str, arguments)], capture_output=True, text=True, check=False, **options
    )


def test_the_installed_command_is_this_one():
    script = Path(sys.executable).with_name("weigh")
    if not script.exists():
        pytest.skip("weigh is not installed as a script in this environment")

    said = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)

    assert said.stdout == f"weigh {package.__version__}\n"


def test_results_are_on_stdout_and_talk_is_on_stderr(tmp_path):
    said = start("new", tmp_path / "mine")

    assert said.returncode == 0
    assert set(said.stdout.split()) == {str(path) for path in (tmp_path / "mine").iterdir()}
    assert (
        said.stderr.splitlines()[-1] == f"Next: weigh check {tmp_path / 'mine'}   after each change"
    )


def test_wrong_input_ends_with_2_and_nothing_on_stdout(tmp_path):
    said = start("check", tmp_path / "mine")

    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith(f"{tmp_path / 'mine'}: found no folder of this name")


def test_output_is_utf_8_wherever_it_goes(tmp_path):
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    (tmp_path / "t.csv").write_text("study,yi,vi\nMüller,1,2\n", encoding="utf-8")

    said = subprocess.run(
        [*WEIGH, "pool", str(tmp_path / "t.csv"), "--json"],
        capture_output=True,
        check=True,
        env=environment,
    )

    assert json.loads(said.stdout.decode("utf-8"))["slab"] == ["Müller"]


@pytest.mark.parametrize("force", [{"FORCE_COLOR": "1"}, {"NO_COLOR": "1"}])
def test_no_colour_is_written_into_pipes(force):
    said = start("--help", env={**os.environ, **force})

    assert "\x1b" not in said.stdout + said.stderr


def test_a_reader_who_has_read_enough_is_no_error(tmp_path):
    """``weigh … | head -1`` ends quietly."""
    (tmp_path / "t.csv").write_text("yi,vi\n" + "1,2\n" * 20_000)
    process = subprocess.Popen(
        [*WEIGH, "pool", str(tmp_path / "t.csv"), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.read(10)
    process.stdout.close()

    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    assert process.wait() in (0, 1)


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
def test_ctrl_c_ends_with_130_and_says_how_to_go_on(tmp_path):
    os.mkfifo(tmp_path / "slow.csv")
    code = """
import time
from weigh.cli import running, table_files
table_files.read_table = lambda path, form: (print("waiting", flush=True), time.sleep(60))
running.main()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, "pool", str(tmp_path / "slow.csv")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert err == (
        "Stopped. Files that were written are whole. Run the command again to continue; what is "
        "there is replaced.\n"
    )


def test_help_starts_at_once():
    """Under 300 ms on the reference machine; here with room for a busy one."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        assert start("--help").returncode == 0
        times.append(time.perf_counter() - begin)

    assert min(times) < 1.0


def test_help_loads_no_heavy_library():
    code = (
        "import sys; from weigh.cli.running import run; run(['check', '--help']);"
        "print(*sorted({n.split('.')[0] for n in sys.modules}), file=sys.stderr)"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    heavy = {"numpy", "scipy", "matplotlib", "jinja2", "narwhals", "yaml", "networkx"}
    assert heavy & set(said.stderr.split()) == set()


def test_no_command_shows_the_commands(weigh):
    said = weigh()

    assert said.code == 0
    assert [name for name in ("demo", "new", "check", "answer") if name in said.out] == [
        "demo",
        "new",
        "check",
        "answer",
    ]


@pytest.mark.parametrize(
    "command", ["demo", "new", "check", "answer", "explain", "diff", "effects", "pool"]
)
def test_every_command_explains_itself(weigh, command):
    said = weigh(command, "--help")

    assert said.code == 0
    assert said.out.startswith(f"Usage: weigh {command}")
    assert said.err == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chek", "x"], "No such command: chek. Did you mean `weigh check`?\n"),
        (["zzz"], "No such command: zzz. `weigh --help` lists the commands.\n"),
        (["check", "--jsn", "x"], "No such option: --jsn. Did you mean --json?\n"),
        (["check", "--zzz", "x"], "No such option: --zzz. `weigh check --help` explains"),
        (["check"], "Missing argument"),
        (["check", "a", "b"], "Got unexpected extra argument"),
        (["pool", "x.csv", "--level", "high"], "Invalid value for '--level'"),
    ],
)
def test_a_wrong_call_ends_with_2_and_a_way_on(weigh, arguments, message):
    said = weigh(*arguments)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(message)
    assert said.err.count("\n") == 1


def test_a_wrong_call_with_json_is_one_object(weigh):
    said = weigh("chek", "--json")

    assert said.errors == [
        {
            "file": None,
            "line": None,
            "field": None,
            "kind": "usage",
            "message": "No such command: chek.",
            "hint": "Did you mean `weigh check`?",
        }
    ]


def test_quiet_leaves_results_and_errors(weigh, tmp_path):
    assert weigh("new", tmp_path / "a", "--quiet").err == ""
    assert weigh("--quiet", "new", tmp_path / "b").out != ""
    assert weigh("-q", "check", tmp_path / "c").err != ""


def test_a_traceback_is_shown_only_on_demand(weigh, tmp_path):
    assert "Traceback" not in weigh("check", tmp_path / "no").err
    assert "Traceback" in weigh("--debug", "check", tmp_path / "no").err
    assert "Traceback" in weigh("check", tmp_path / "no", "--debug").err


def test_what_is_out_of_reach_ends_with_3(weigh, tmp_path, monkeypatch):
    def unreachable(_folder):
        raise OutOfReachError("The disk is gone.", hint="Plug it in.")

    monkeypatch.setattr("weigh.folder.new", unreachable)

    said = weigh("new", tmp_path / "mine")

    assert (said.code, said.err) == (3, "The disk is gone. Plug it in.\n")


def test_a_fault_of_the_program_is_told_as_one(weigh, tmp_path, monkeypatch):
    def broken(_folder):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("weigh.folder.new", broken)

    said = weigh("new", tmp_path / "mine", "--json")

    assert said.code == running.BROKEN
    assert said.errors[0]["kind"] == "broken"
    assert said.errors[0]["message"] == (
        "weigh met a fault of its own: ZeroDivisionError: division by zero."
    )


def test_text_of_a_stranger_cannot_steer_the_terminal(weigh, answer_json):
    def change(document):
        document["trace"]["nodes"]["tea.mean"]["label"] = "\x1b[2Jgone\u202e"

    said = weigh("explain", answer_json("a.json", change), "tea.mean")

    assert "\\x1b[2Jgone\\u202e" in said.out


def test_completion_of_the_shell_knows_the_commands():
    environment = {
        **os.environ,
        "_WEIGH_COMPLETE": "complete_bash",
        "COMP_WORDS": "weigh ch",
        "COMP_CWORD": "1",
    }

    said = start(env=environment)

    assert said.stdout.split() == ["check"]
