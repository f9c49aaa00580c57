"""`serve` and `work`: the web site and the hands that do its background work."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from zhunsheng.cli import setting_up
from zhunsheng.codes.errors import N_, ZhunshengError

DEFAULT_PORT = 8000
IDLE_SECONDS = 1.0


class PortTaken(ZhunshengError):
    """Something else listens at the address; the server would share it and answer in turn with it."""


def serve(
    host: Annotated[str, typer.Option(help="监听地址 (address to listen on)")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口 (port)")] = DEFAULT_PORT,
    workers: Annotated[int, typer.Option(min=1, help="进程数 (processes)")] = 1,
) -> None:
    """启动网站与后台工作 (serve the web site and do its background work)."""
    setting_up.prepare()
    run_site(host, port, workers)


def run_site(host: str, port: int, workers: int = 1) -> None:
    """Run server and worker until interrupted, or until one of them ends; both end together. Raises PortTaken."""
    _refuse_a_taken_port(host, port)
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    server += [
        "--workers",
        str(workers),
        "--blocking-threads",
        "4",
        "zhunsheng.web.wsgi:application",
    ]
    worker = [sys.executable, "-m", "zhunsheng.cli.main", "work", "--forever"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # The processes share one limit of requests (web.rate), so each has to know how many they are.
    env = {**os.environ, "ZHUNSHENG_WORKERS": str(workers)}
    children = [subprocess.Popen(command, env=env) for command in (server, worker)]
    sys.stderr.write(_("准绳已启动：http://%(host)s:%(port)s （Ctrl-C 停止）") % {"host": host, "port": port} + "\n")
    try:
        while all(child.poll() is None for child in children):
            time.sleep(IDLE_SECONDS / 2)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=30)
    ended = [child.returncode for child in children if child.returncode not in {0, -signal.SIGTERM, -signal.SIGINT}]
    raise typer.Exit(3 if ended else 0)


def _refuse_a_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        # A port that a server has just left may be taken again; one that is being listened at may not.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            why = {"host": host, "port": port, "why": error.strerror or str(error)}
            raise PortTaken(N_("不能在 %(host)s:%(port)s 监听：%(why)s。请用 --port 另指一个端口。"), **why) from error


def work(
    forever: Annotated[bool, typer.Option("--forever", help="不停地做 (go on until stopped)")] = False,
) -> None:
    """完成排队的后台工作 (do the queued background work)."""
    from zhunsheng.bulletin import actions as bulletins
    from zhunsheng.register import actions

    setting_up.prepare()
    if forever:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        did = actions.work_once(at=setting_up.now()) or bulletins.work_once(at=setting_up.now())
        if not did and not forever:
            return
        if not did:
            time.sleep(IDLE_SECONDS)
