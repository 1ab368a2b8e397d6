"""What the tests want of Elasticsearch at localhost:9200, or at the port that the variable PORT names; of several
there, parted by commas, the next one is asked when one fails. An index has REPLICAS, or none.

client.py up SECONDS              wait until it tells the cluster's health
client.py nodes COUNT SECONDS     wait until there are so many nodes and every copy of a document is where it should be
client.py fill COUNT              have so many documents written
client.py count SECONDS           print how many there are, when all that is on disk is up again
client.py write FILE              write, some documents a request, until SIGTERM. FILE: a line "ID" for
                                  each one that was acknowledged, "lost TIME" where requests begin to
                                  fail, "back TIME" where they go through again; seconds since boot
client.py missing FILE SECONDS    print the IDs in FILE that Elasticsearch does not have
"""

import http.client
import json
import os
import signal
import sys
import time

INDEX, TOGETHER = "documents", 20
PORTS = [int(port) for port in os.environ.get("PORT", "9200").split(",")]
REPLICAS = int(os.environ.get("REPLICAS", 0))


class Client:
    def __init__(self, ports):
        self.ports = ports
        self.connection = None

    def ask(self, method, path, body=None, wait=30):
        """The answer; an OSError or HTTPException where there is none, or one that is no success."""
        try:
            if not self.connection:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.ports[0], timeout=wait)
            self.connection.request(method, path, body, {"Content-Type": "application/json"})
            response = self.connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            self.ports = self.ports[1:] + self.ports[:1]
            raise
        if response.status // 100 != 2:
            raise OSError(f"{method} {path}: {response.status} {text[:500]}")
        return json.loads(text)

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None


def boot_time():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def until(seconds, attempt):
    """The first success of attempt, which is made again and again for so long."""
    end = time.monotonic() + float(seconds)
    while True:
        try:
            return attempt()
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() > end:
                sys.exit(f"In vain for {seconds}s; the last try: {error!r}")
            time.sleep(0.05)


def up(client, seconds):
    until(seconds, lambda: client.ask("GET", "/_cluster/health"))


def nodes(client, count, seconds):
    path = f"/_cluster/health?wait_for_nodes={count}&wait_for_status=green&timeout=1s"
    until(seconds, lambda: client.ask("GET", path))


def whole(client, seconds):
    path = f"/_cluster/health/{INDEX}?wait_for_status=yellow&timeout=1s"
    until(seconds, lambda: client.ask("GET", path))


def create(client):
    """The index, with a first document, which is what takes time."""
    settings = {"settings": {"number_of_shards": 1, "number_of_replicas": REPLICAS}}
    try:
        client.ask("PUT", f"/{INDEX}", json.dumps(settings))
    except OSError as error:
        if "resource_already_exists" not in str(error):
            raise
    whole(client, 60)
    if not bulk(client, ["first"], "1m"):
        sys.exit("The first document was not acknowledged.")


def bulk(client, ids, timeout="1s"):
    """Those that were acknowledged."""
    lines = "".join(f'{{"index":{{"_id":"{one}"}}}}\n{{"number":1}}\n' for one in ids)
    answer = client.ask("POST", f"/{INDEX}/_bulk?timeout={timeout}", lines, 90)
    return [item["index"]["_id"] for item in answer["items"] if item["index"]["status"] in (200, 201)]


def fill(client, count):
    create(client)
    ids = [f"fill-{number}" for number in range(1, int(count))]
    if len(bulk(client, ids, "1m")) != len(ids):
        sys.exit("Not all were acknowledged.")


def count(client, seconds):
    whole(client, seconds)
    client.ask("POST", f"/{INDEX}/_refresh")
    print(client.ask("GET", f"/{INDEX}/_count")["count"])


class Stopped(BaseException):
    pass


def stop(*_):
    raise Stopped


def write(client, path):
    signal.signal(signal.SIGTERM, stop)
    create(client)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    number, lost = 0, False
    while True:
        ids = [f"{os.getpid()}-{number + i}" for i in range(TOGETHER)]
        number += TOGETHER
        try:
            acknowledged = bulk(client, ids)
        except (OSError, http.client.HTTPException):
            acknowledged = []
        lines = "".join(f"{one}\n" for one in acknowledged)
        if lost != (not acknowledged):
            lost = not lost
            lines += f"{'lost' if lost else 'back'} {boot_time():.3f}\n"
        os.write(file, lines.encode())
        if lost:
            time.sleep(0.02)


def missing(client, path, seconds):
    with open(path, encoding="ascii") as file:
        ids = [line.strip() for line in file if " " not in line]
    if not ids:
        sys.exit("Nothing was acknowledged.")
    whole(client, seconds)
    for first in range(0, len(ids), 1000):
        some = json.dumps({"ids": ids[first : first + 1000]})
        for answer in client.ask("POST", f"/{INDEX}/_mget?_source=false", some)["docs"]:
            if not answer.get("found"):
                print(answer["_id"])


COMMANDS = {"up": up, "nodes": nodes, "fill": fill, "count": count, "write": write, "missing": missing}

try:
    COMMANDS[sys.argv[1]](Client(PORTS), *sys.argv[2:])
except Stopped:
    pass
