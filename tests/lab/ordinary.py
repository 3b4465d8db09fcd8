"""Makes a lab as whoever runs it, and prints what was seen from inside; run by the tests."""

import json
import os
import sys

from netdiag.lab import Fault, Service, World, lacking, make

SNIPPET = """
import http.client, json, os, socket
def ended(port):
    with socket.socket() as connection:
        connection.settimeout(0.3)
        try:
            return str(connection.connect_ex(("172.17.0.1", port)))
        except TimeoutError:
            return "silent"
connection = http.client.HTTPConnection("172.17.0.1", 11434, timeout=5)
connection.request("GET", "/")
said = connection.getresponse().read().decode()
print(json.dumps([os.getuid(), os.path.exists("/.dockerenv"), said, ended(8000)]))
"""

FIREWALL = World(services=(Service("ollama", 11434),), faults=(Fault("reject-icmp-admin-prohibited", 8000),))

with make(FIREWALL if not lacking(FIREWALL) else World(services=FIREWALL.services)) as lab:
    inside = json.loads(lab.run([sys.executable, "-c", SNIPPET]).stdout)
print(json.dumps({"user": os.getuid(), "inside": inside, "left": os.listdir(os.environ["TMPDIR"])}))  # noqa: PTH208
