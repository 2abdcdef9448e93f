"""Files written aside and renamed into place, by several at once."""

from __future__ import annotations

import threading

from pipelines.durable import write_durably


def test_threads_that_write_the_same_file_at_once_all_succeed_and_one_of_them_wholly_wins(tmp_path):
    path, contents, faults = tmp_path / "a.json", [bytes([65 + n]) * 300_000 for n in range(4)], []

    def write(content: bytes, start: threading.Barrier) -> None:
        start.wait()
        try:
            write_durably(path, content, durable=False)
        except OSError as fault:
            faults.append(fault)

    for _ in range(20):
        start = threading.Barrier(len(contents))
        writers = [threading.Thread(target=write, args=(content, start)) for content in contents]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert path.read_bytes() in contents
    assert faults == [] and list(tmp_path.iterdir()) == [path]
