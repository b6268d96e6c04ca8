# SPDX-License-Identifier: GPL-3.0-or-later
"""Brokers as processes on loopback: started, stopped, killed, asked what they use."""
import copy
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def resident(pid):
    """Bytes of memory that the system counts as the process's now."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    return 0


def cpu(pid):
    """Seconds of processor time so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answers(port):
    """True once the port answers an ApiVersions v0 request."""
    request = bytes.fromhex("0000000e" "0012" "0000" "00000001" "0004") + b"wait"
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as s:
            s.settimeout(1)
            s.sendall(request)
            return len(s.recv(8)) == 8
    except OSError:
        return False


class Server:
    """A broker process. `start` returns the seconds from exec to the first answered ApiVersions."""

    patience = 120

    def __init__(self, name, folder):
        self.name, self.folder, self.port, self.process = name, folder, free_port(), None
        self.settings = {}

    def twin(self):
        """Another of the same, with a folder and ports of its own."""
        twin = copy.copy(self)
        twin.folder, twin.port, twin.process = self.folder.with_name(self.folder.name + "-twin"), free_port(), None
        return twin

    @property
    def bootstrap(self):
        return f"127.0.0.1:{self.port}"

    def start(self, fresh=True):
        if fresh:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self.prepare()
        begin = time.monotonic()
        self.process = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() - begin > self.patience:
                raise RuntimeError(f"{self.name} did not start")
            time.sleep(0.0005)
        return time.monotonic() - begin

    def prepare(self):
        """What has to stand in a fresh folder before the first start."""

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def resident(self):
        return resident(self.process.pid)

    def cpu(self):
        return cpu(self.process.pid)

    def forget_cache(self):
        """Its files leave the page cache, so that the next reader reads from the disk."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                try:
                    fd = os.open(path, os.O_RDONLY)
                except FileNotFoundError:
                    continue
                os.fsync(fd)
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(fd)


class Weir(Server):
    """In its default configuration, apart from one second instead of half an hour before the files of a deleted topic
    go."""

    def __init__(self, program, folder):
        super().__init__("weir", folder)
        self.program = program

    def command(self):
        settings = {"weir.undo.ms": 1000, **self.settings}
        settings = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
        return [self.program, "--data", str(self.folder), "--listen", self.bootstrap, *settings]


class Kafka(Server):
    """Apache Kafka in KRaft mode on one node, 1 GiB heap, G1, its default configuration apart from the ports, single
    replicas of its own topics, and one second instead of sixty before the files of a deleted topic go."""

    def __init__(self, classpath, folder):
        super().__init__("kafka", folder)
        self.java = ["java", "-Xmx1g", "-Xms1g", "-XX:+UseG1GC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp",
                     classpath]
        self.controller = free_port()

    def twin(self):
        twin = super().twin()
        twin.controller = free_port()
        return twin

    @property
    def config(self):
        return self.folder / "server.properties"

    def prepare(self):
        self.write_config()
        subprocess.run([*self.java, "kafka.tools.StorageTool", "format", "-t", "AAAAAAAAQACAAAAAAAAAAQ", "-c",
                        str(self.config)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def write_config(self):
        self.config.write_text("\n".join([
            "process.roles=broker,controller", "node.id=1", f"controller.quorum.voters=1@127.0.0.1:{self.controller}",
            f"listeners=PLAINTEXT://{self.bootstrap},CONTROLLER://127.0.0.1:{self.controller}",
            f"advertised.listeners=PLAINTEXT://{self.bootstrap}", "controller.listener.names=CONTROLLER",
            f"log.dirs={self.folder}/data", "offsets.topic.replication.factor=1",
            "transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1",
            "log.segment.delete.delay.ms=1000",
            *[f"{name}={value}" for name, value in self.settings.items()]]))

    def command(self):
        self.write_config()
        return [*self.java, "kafka.Kafka", str(self.config)]
