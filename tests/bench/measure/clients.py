# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that ask: librdkafka, Apache's Java client, and the crowd. Each prints one line of JSON."""
import contextlib
import json
import pathlib
import subprocess


def result(command, timeout=600):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=timeout)
    if done.returncode != 0 or not done.stdout.strip():
        raise RuntimeError(f"{command}: {done.stderr.strip()[-300:]} {done.stdout}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def words(options):
    return [word for name, value in options.items() for word in ("--" + name.replace("_", "-"), value)]


class Clients:
    def __init__(self, client, crowd, classpath, work):
        self._client, self._crowd, self._classpath, self._work = client, crowd, classpath, work
        self._java = None

    def librdkafka(self, what, **options):
        return result([self._client, what, *words(options)])

    def ceiling(self, what, **options):
        return result([self._client, what, "--mock", *words(options)])

    def crowd(self, what, **options):
        return result([self._crowd, what, *words(options)])

    def java(self, *arguments):
        if self._java is None:
            self._java = self._work / "java"
            source = pathlib.Path(__file__).parent.parent / "client" / "BenchClient.java"
            subprocess.run(["javac", "-cp", self._classpath, "-d", str(self._java), str(source)], check=True)
        return result(["java", "-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp",
                       f"{self._java}:{self._classpath}", "BenchClient", *arguments])

    @contextlib.contextmanager
    def running(self, what, **options):
        """A crowd that goes on until the block ends; gives its first line."""
        process = subprocess.Popen([self._crowd, what, *map(str, words(options))], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"{what} ended")
            yield json.loads(line)
        finally:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
