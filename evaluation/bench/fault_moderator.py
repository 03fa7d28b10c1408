"""A moderator who goes on deciding while the server is killed, and what became of it."""

from __future__ import annotations

import re
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sedno.evaluation.bench.process import Server

LOGIN = "moderator@example.org"
PASSWORD = "a made-up password of the fault test"  # noqa: S105 - of a database that is thrown away

_UNDO_EVERY = 5
_TOKEN = re.compile(rb'name="csrf" content="([0-9a-f]+)"')
_PASSING = frozenset({0, 429, 503})
_ELSEWHERE = frozenset({404, 409})
_OK = 200
_DECIDED = ("accepted", "corrected")


class Moderator:
    """Takes comments from the queue and decides on them, one after the other.

    Attributes:
        decided: Comment by decision, of those that were acknowledged.
        undone: Decisions that were acknowledged as taken back.
        fault: What went wrong that is no consequence of a kill.
    """

    def __init__(self, server: Server) -> None:
        """Makes the person.

        Args:
            server: Need not run yet.
        """
        self._server = server
        self._token = ""
        self._taken = 0
        server.run("users", "create", LOGIN, "--role", "admin", given=PASSWORD + "\n")
        self.decided: dict[int, int] = {}
        self.undone: set[int] = set()
        self.stop = threading.Event()
        self.fault: str | None = None

    def work_until_told(self) -> None:
        """Decides until :attr:`stop`."""
        while not self.stop.is_set() and self.fault is None:
            if not self.work_once():
                time.sleep(0.05)

    def work_once(self) -> bool:
        """Takes one comment and decides on it, and now and then takes a decision back.

        Returns:
            Whether there was a comment to decide on.
        """
        if not self._token and not self._sign_in():
            return False
        taken = self._post("/v1/review/next", None)
        if taken is None or taken["comment"] is None:
            return False
        self._taken += 1
        self._decide(taken["comment"])
        if self._taken % _UNDO_EVERY == 0:
            back = self._post("/v1/review/undo", {})
            self.undone |= set(back["decisions"]) if back else set()
        return True

    def _decide(self, comment: Mapping[str, Any]) -> None:
        labels = {task: proposal["label"] for task, proposal in comment["proposal"].items()}
        asked = {"version": comment["version"], "model": comment["model"], "labels": labels}
        # Once only: whether it was kept before the server died, the check finds out.
        done = self._post(f"/v1/review/{comment['id']}/decision", asked)
        if done is not None:
            self.decided[done["decision"]] = comment["id"]

    def _sign_in(self) -> bool:
        form = urllib.parse.urlencode({"login": LOGIN, "password": PASSWORD}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._server.send("/desk/login", form, kind)
        if answer.status != _OK:
            if answer.status not in _PASSING:
                self.fault = f"signing in: status {answer.status}"
            return False
        found = _TOKEN.search(self._server.get("/desk/comments").body)
        self._token = found[1].decode() if found else ""
        return bool(found)

    def _post(self, path: str, value: Any) -> Any:
        answer = self._server.post_json(path, value, X_CSRF_Token=self._token)
        if answer.status == _OK:
            return answer.json()
        if answer.status not in _PASSING | _ELSEWHERE:
            self.fault = f"{path}: status {answer.status}: {answer.body[:300]!r}"
        return None

    def check(self) -> tuple[list[str], list[str], list[str]]:
        """What is lost, doubled and half of the decisions."""
        lost: list[str] = []
        doubled: list[str] = []
        half: list[str] = []
        found = {one["id"]: one for one in self._all("/v1/decisions", "decisions")}
        lost += [f"decision {one}" for one in self.decided if one not in found]
        lost += [
            f"the undoing of decision {one}"
            for one in self.undone
            if one in found and found[one]["undone_at"] is None
        ]
        live = [
            one for one in found.values() if one["undone_at"] is None and one["verdict"] in _DECIDED
        ]
        times = Counter((one["comment_id"], one["comment_version"]) for one in live)
        doubled += [
            f"{count} decisions on comment {one}" for one, count in times.items() if count > 1
        ]
        settled = {
            comment["id"]: comment["version"]
            for comment in self._all("/v1/comments?review_state=decided", "comments", by="cursor")
        }
        half += [
            f"comment {one} is decided without a decision"
            for one, version in settled.items()
            if (one, version) not in times
        ]
        versions = {
            comment["id"]: comment["version"]
            for comment in self._all("/v1/comments?", "comments", by="cursor")
        }
        half += [
            f"decision on comment {one}, which is not decided"
            for one, version in times
            if versions.get(one) == version and one not in settled
        ]
        written = Counter(
            entry["action"]
            for entry in self._all("/v1/audit?", "entries")
            if entry["action"] in {f"comment.{verdict}" for verdict in _DECIDED}
        )
        decisions = Counter(
            f"comment.{one['verdict']}" for one in found.values() if one["verdict"] in _DECIDED
        )
        if written != decisions:
            half.append(f"the audit log tells of {dict(written)}, there are {dict(decisions)}")
        return lost, doubled, half

    def _all(self, path: str, name: str, *, by: str = "before") -> list[Any]:
        out: list[Any] = []
        following: Any = None
        join = "&" if "?" in path else "?"
        while True:
            more = "" if following is None else f"&{by}={following}"
            page = self._server.get(f"{path}{join}limit=500{more}").json()
            out += page[name]
            following = page.get("next", page.get("next_before"))
            if following is None:
                return out
