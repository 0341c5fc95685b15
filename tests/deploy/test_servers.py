"""Real servers in the background: they keep their data and ports, and leave nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from redis import Redis as Client

from deploy.servers import broker, jars, redis
from deploy.servers.broker import Broker
from deploy.servers.jars import WrongJars
from deploy.servers.processes import Process, started_by_proc, started_by_ps
from deploy.servers.redis import Redis
from deploy.servers.server import HOST, NotStarted, is_free

ROOT = Path(__file__).parent.parent.parent
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
RECORD = "需求一 a demand".encode()


def skip_if(reason: str | None) -> None:
    if reason:
        pytest.skip(reason)


def is_there(pid: int) -> bool:
    """Whether anything has this number, the remains of a process too."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker, running, in a folder whose name is not easy."""
    skip_if(broker.missing())
    with Broker(tmp_path_factory.mktemp("守 望") / "kafka") as started:
        yield started


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Redis]:
    skip_if(redis.missing())
    with Redis(tmp_path / "redis") as started:
        yield started


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Process]:
    started = Process(tmp_path, "sleeper")
    started.start(SLEEPER)
    yield started
    started.kill()


# --- broker ---------------------------------------------------------------------------------


def make(topic: str, address: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=address)
    try:
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
    finally:
        admin.close()


def write(topic: str, address: str) -> None:
    producer = KafkaProducer(bootstrap_servers=address, acks="all")
    try:
        producer.send(topic, RECORD, partition=0).get(timeout=10)
    finally:
        producer.close()


def read(topic: str, address: str) -> list[bytes]:
    reader = KafkaConsumer(bootstrap_servers=address, enable_auto_commit=False)
    try:
        reader.assign([TopicPartition(topic, 0)])
        reader.seek_to_beginning()
        polled = reader.poll(timeout_ms=10_000)
        return [record.value for records in polled.values() for record in records]
    finally:
        reader.close()


def test_a_record_survives_the_death_of_the_broker(kafka: Broker) -> None:
    address = kafka.address
    make("kept", address)
    write("kept", address)
    assert read("kept", address) == [RECORD]
    kafka.kill()
    assert not kafka.running()
    kafka.start()
    assert kafka.address == address
    assert read("kept", address) == [RECORD]


def test_a_topic_that_nobody_made_is_not_there(kafka: Broker) -> None:
    reader = KafkaConsumer(bootstrap_servers=kafka.address)
    try:
        assert not reader.partitions_for_topic("invented")
    finally:
        reader.close()


def test_a_stopped_broker_leaves_its_data_only_and_can_move(kafka: Broker) -> None:
    make("moved", kafka.address)
    write("moved", kafka.address)
    pid, ports = kafka.process.pid, kafka.ports
    kafka.stop()
    assert pid
    assert not is_there(pid)
    assert all(map(is_free, ports.values()))
    with (
        socket.create_server((HOST, ports["broker"])),
        socket.create_server((HOST, ports["controller"])),
    ):
        kafka.start()
    assert not set(kafka.ports.values()) & set(ports.values())
    assert read("moved", kafka.address) == [RECORD]


# --- jars -----------------------------------------------------------------------------------


@pytest.fixture
def libs(tmp_path: Path) -> Path:
    """The jars as they should be."""
    skip_if(jars.missing())
    folder = tmp_path / "libs"
    folder.mkdir()
    for jar in jars.ready().iterdir():
        (folder / jar.name).symlink_to(jar)
    jars.check(folder)
    return folder


def alter(libs: Path) -> None:
    jar = libs / f"kafka_2.13-{jars.VERSION}.jar"
    content = bytearray(jar.read_bytes())
    content[len(content) // 2] ^= 1
    jar.unlink()
    jar.write_bytes(content)


def remove(libs: Path) -> None:
    (libs / f"kafka_2.13-{jars.VERSION}.jar").unlink()


def add(libs: Path) -> None:
    shutil.copy(libs / f"kafka_2.13-{jars.VERSION}.jar", libs / "evil-1.0.jar")


@pytest.mark.parametrize(
    ("tamper", "named"),
    [(alter, "kafka_2.13"), (remove, "kafka_2.13"), (add, "evil-1.0.jar")],
)
def test_a_wrong_jar_is_refused_by_name(
    libs: Path, tamper: Callable[[Path], None], named: str
) -> None:
    tamper(libs)
    with pytest.raises(WrongJars) as refused:
        jars.check(libs)
    assert str(refused.value).count(".jar (") == 1
    assert named in str(refused.value)


# --- Redis ----------------------------------------------------------------------------------


def test_redis_keeps_what_it_was_told_over_a_kill(board: Redis) -> None:
    url = board.url
    with Client.from_url(url) as client:
        client.set("needed", "boats")
    board.kill()
    assert not board.running()
    board.start()
    assert board.url == url
    with Client.from_url(url) as client:
        assert client.get("needed") == b"boats"


def test_a_stopped_redis_leaves_no_process_and_no_port(board: Redis) -> None:
    pid = board.process.pid
    board.stop()
    assert pid
    assert not is_there(pid)
    assert is_free(board.ports["redis"])
    board.stop()  # repeatable


def test_a_server_that_cannot_start_says_what_it_wrote(tmp_path: Path) -> None:
    skip_if(redis.missing())
    folder = tmp_path / "redis" / "data" / "appendonlydir"
    folder.mkdir(parents=True)
    (folder / "appendonly.aof.manifest").write_text("no manifest\n")
    board = Redis(tmp_path / "redis")
    with pytest.raises(NotStarted, match="manifest"):
        board.start()
    assert not board.running()


def test_ctrl_c_in_the_starting_program_leaves_nothing(tmp_path: Path) -> None:
    skip_if(redis.missing())
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom deploy.servers.redis import Redis\n"
        "with Redis(Path(sys.argv[1])):\n    print('up', flush=True)\n    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as starter:
        assert starter.stdout
        assert starter.stdout.readline() == b"up\n"
        seen_from_outside = Redis(tmp_path)
        assert seen_from_outside.running()
        starter.send_signal(signal.SIGINT)
    assert not seen_from_outside.running()
    assert is_free(seen_from_outside.ports["redis"])


# --- processes ------------------------------------------------------------------------------


def test_a_process_is_known_to_whoever_opens_the_folder_later(sleeper: Process) -> None:
    other = Process(sleeper.folder, "sleeper")
    assert other.pid == sleeper.pid
    assert other.age_s() < 60
    other.stop()
    assert sleeper.code() == -signal.SIGTERM
    assert not sleeper.running()


def test_the_terminals_ctrl_c_does_not_reach_it(sleeper: Process) -> None:
    assert sleeper.pid
    assert os.getsid(sleeper.pid) == sleeper.pid != os.getsid(0)


def test_a_stranger_with_the_same_number_is_not_signaled(sleeper: Process) -> None:
    pid = sleeper.pid
    file = sleeper.folder / "sleeper.pid"
    own = file.read_text()
    file.write_text(f"{pid} the start of one that ended long ago\n")
    other = Process(sleeper.folder, "sleeper")
    assert not other.running()
    other.stop()
    other.kill()
    sleep(0.1)
    assert sleeper.code() is None
    file.write_text(own)
    assert sleeper.pid == pid


def test_one_that_will_not_end_is_killed(tmp_path: Path) -> None:
    stubborn = Process(tmp_path, "stubborn")
    ignore = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    stubborn.start([sys.executable, "-c", f"{ignore}; print('up', flush=True); time.sleep(600)"])
    while "up" not in stubborn.tail():
        sleep(0.02)
    stubborn.stop(patience_s=0.2)
    assert stubborn.code() == -signal.SIGKILL


@pytest.mark.parametrize("started", [started_by_proc, started_by_ps])
def test_the_start_of_a_process_is_told_until_it_has_ended(
    started: Callable[[int], str | None],
) -> None:
    if started is started_by_ps and not shutil.which("ps"):
        pytest.skip("no ps")
    if started is started_by_proc and not Path("/proc/self/stat").exists():
        pytest.skip("no /proc")
    with subprocess.Popen(SLEEPER) as child:
        told = started(child.pid)
        assert told
        assert told == started(child.pid)
        child.kill()
        while started(child.pid):  # what remains until it is waited for does not count
            sleep(0.02)
    assert started(child.pid) is None
