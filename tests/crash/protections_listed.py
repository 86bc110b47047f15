"""What keeps the pages of a job, line by line, and the test that fails without it."""

import ast
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PROTECTIONS", "Protection"]


@dataclass(frozen=True)
class Protection:
    """One of them.

    Attributes
    ----------
    line, without : str
        What stands exactly once in the file, and what stands there in its place when it is taken out.
    test : str
        As pytest takes it.
    """

    name: str
    file: str
    line: str
    without: str
    test: str

    def taken_out(self, text: str) -> str:
        """Return the file's text without it.

        Raises
        ------
        LookupError
            It does not stand there once.
        """
        if (found := text.count(self.line)) != 1:
            raise LookupError(f"{self.name}: {self.line!r} stands {found} times in {self.file}")
        return text.replace(self.line, self.without)

    def check(self, root: Path) -> None:
        """See that its line and its test are there, and that the file is Python also without it.

        Raises
        ------
        LookupError
            One of them is not.
        """
        ast.parse(self.taken_out((root / self.file).read_text(encoding="utf-8")))
        file, _, name = self.test.partition("::")
        tree = ast.parse((root / file).read_text(encoding="utf-8"))
        if name not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
            raise LookupError(f"{self.name}: there is no {self.test}")


_CRASH = "tests/crash/test_queue_crashes.py::"
_REDIS = "tests/integration/test_redis_"
_UNIT = "tests/unit/worker/test_"

PROTECTIONS = [
    Protection(
        "a page is acknowledged when it is done",
        "worker/app.py",
        '"task_acks_late": True',
        '"task_acks_late": False',
        f"{_CRASH}test_a_worker_that_is_killed_whole",
    ),
    Protection(
        "a page of a lost process is given back",
        "worker/app.py",
        '"task_reject_on_worker_lost": True',
        '"task_reject_on_worker_lost": False',
        f"{_CRASH}test_a_killed_process_of_a_worker",
    ),
    Protection(
        "a page that never ends is ended",
        "worker/app.py",
        '"task_time_limit": settings.task_time_limit_s',
        '"task_time_limit": None',
        f"{_CRASH}test_a_page_that_never_ends",
    ),
    Protection(
        "who holds a page is noted",
        "worker/held_pages.py",
        "pipe.hset(HELD, tag, self._heartbeat.worker)",
        "pass",
        f"{_CRASH}test_a_worker_that_is_killed_whole",
    ),
    Protection(
        "a page on its way is given back",
        "worker/held_pages.py",
        'while self._client.lmove(f"{self._prefix}{place}", self._queue, "LEFT", "RIGHT") is not None:',
        "while False:",
        f"{_CRASH}test_a_worker_that_is_killed_while_a_page_is_on_its_way_to_it",
    ),
    Protection(
        "a page that arrived is on its way no more",
        "worker/held_pages.py",
        "        if place:\n",
        "        if False:\n",
        f"{_CRASH}test_a_worker_that_is_killed_whole",
    ),
    Protection(
        "a Redis just started takes nobody for dead",
        "worker/held_pages.py",
        "if dead and not self._redis_knows():",
        "if False:",
        f"{_REDIS}held_pages.py::test_nobody_is_taken_for_dead_by_a_redis_that_was_just_started",
    ),
    Protection(
        "no clock takes a page from the living",
        "worker/holding_transport.py",
        "if self._by_the_clock and self.pages.is_held(bytes_to_str(tag)):",
        "if False:",
        f"{_REDIS}pages.py::test_pages_that_a_worker_holds_are_not_given_out_by_a_clock_that_is_ahead",
    ),
    Protection(
        "attempts at a page are counted",
        "worker/page_work.py",
        "if attempt > self._max_attempts:",
        "if False:",
        f"{_CRASH}test_a_page_that_kills_every_process_that_reads_it",
    ),
    Protection(
        "what Redis lost is queued again",
        "worker/waiting.py",
        "if self._lost >= _BELIEVED_AFTER:",
        "if False:",
        f"{_CRASH}test_a_redis_that_is_killed_and_started_again",
    ),
    Protection(
        "and also beside what others have queued since",
        "worker/waiting.py",
        "self._mark.is_lost(client) or ",
        "",
        f"{_REDIS}waiting.py::test_what_the_broker_lost_is_queued_again_also_beside_what_others_queued_since",
    ),
    Protection(
        "processes end with their parent",
        "worker/orphan.py",
        "os._exit(1)",
        "pass",
        "tests/crash/test_embedded_crashes.py::test_a_killed_parent_takes_its_children_along",
    ),
    Protection(
        "a record is forced to the disk",
        "worker/durable.py",
        "os.fsync(stream.fileno())\n                temporary.replace(path)",
        "temporary.replace(path)",
        "tests/faults/test_disk_full.py::test_a_page_whose_record_does_not_fit_stays_missing",
    ),
    Protection(
        "and so is its name",
        "worker/durable.py",
        "# while it is held\n            sync_folder(path.parent)",
        "# while it is held",
        f"{_UNIT}long_jobs.py::test_a_shelf_outlives_a_power_cut",
    ),
    Protection(
        "a folder is given to one job",
        "worker/durable.py",
        "os.link(temporary, path)",
        "temporary.replace(path)",
        f"{_UNIT}durable.py::test_a_name_is_given_once",
    ),
    Protection(
        "what is read is what was submitted",
        "worker/page_file.py",
        "if entry.sha256 not in (None, file.sha256):",
        "if False:",
        f"{_CRASH}test_a_page_whose_file_changed_or_vanished_since_it_was_queued",
    ),
    Protection(
        "only pages that their job asks for are read",
        "worker/page_work.py",
        "if asks_for(folder, asked.entry):",
        "if True:",
        f"{_REDIS}hostile.py::test_a_page_that_its_job_does_not_ask_for_is_not_read",
    ),
    Protection(
        "messages that are no page are dropped",
        "worker/message_gate.py",
        "return checked_message(raw)",
        "return raw",
        f"{_REDIS}hostile.py::test_what_is_no_page_is_dropped_and_the_pages_behind_it_are_read",
    ),
    Protection(
        "memory is limited",
        "worker/memory_limit.py",
        "_lower(resource.RLIMIT_DATA, limit_bytes)",
        "pass",
        # Not the page that unfolds without end: without the limit that would take the machine down.
        f"{_UNIT}memory_limit.py::test_what_is_beyond_it_is_refused",
    ),
    Protection(
        "a worker that stands still ends",
        "worker/worker_watch.py",
        "self._end(stall_message(waiting, self._limit_s))",
        "pass",
        f"{_REDIS}stall.py::test_a_worker_whose_consumer_stalls_ends_with_an_error_and_its_pages_stay",
    ),
    Protection(
        "room is left in Redis",
        "worker/queue_room.py",
        "if most and used + wanted_bytes > most * (1 - _LEFT_FREE):",
        "if False:",
        f"{_REDIS}room.py::test_queueing_ends_while_workers_have_room_and_one_that_starts_drains_it",
    ),
    Protection(
        "pages wait for machines that see their folder",
        "worker/unseen_folders.py",
        "if self.is_left_to_others(str(file.parent)):",
        "if False:",
        "tests/crash/test_unmounted.py::test_pages_are_read_by_those_who_see_them",
    ),
    Protection(
        "a lock of the dead ends soon",
        "worker/app.py",
        '"unacked_mutex_expire": _LOOKING_TAKES_AT_MOST_S,',
        "",
        f"{_REDIS}held_pages.py::test_a_worker_that_is_killed_while_it_looks_holds_the_others_up_for_seconds",
    ),
    Protection(
        "connections that say nothing are missed",
        "worker/app.py",
        "**connection_options(),",
        "",
        f"{_REDIS}held_pages.py::test_a_connection_that_says_nothing_any_more_is_missed",
    ),
    Protection(
        "a process may start slowly",
        "worker/app.py",
        '"worker_proc_alive_timeout": _CHILD_START_S,',
        "",
        f"{_UNIT}queue_app.py::test_a_process_that_starts_slowly_is_not_killed_for_it",
    ),
    Protection(
        "a lost process is looked for often",
        "worker/lasting_pool.py",
        "return {self.maintain_pool: _LOOK_EVERY_S}",
        "return {**super().timers}",
        f"{_UNIT}queue_app.py::test_a_lost_process_is_looked_for_within_half_a_second",
    ),
    Protection(
        "no process writes its memory to the disk",
        "worker/memory_limit.py",
        "_lower(resource.RLIMIT_CORE, 0)",
        "pass",
        f"{_UNIT}memory_limit.py::test_a_process_that_is_ended_writes_none_of_its_memory_to_the_disk",
    ),
]
