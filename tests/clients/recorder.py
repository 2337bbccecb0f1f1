"""Stands between a client and the server and keeps what was asked: whether a filter was pushed down is seen there and nowhere else.

A process of its own, as GDAL holds Python's lock while it waits for an answer.
"""

import http.client
import http.server
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit


class Recorder:
    """A proxy on a free port; what is asked of it is read from its log since it was last cleared."""

    def __init__(self, server, log):
        self.log = log
        log.write_text("")
        self.process = subprocess.Popen([sys.executable, __file__, server, str(log)], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def clear(self):
        self.log.write_text("")

    def items(self, collection):
        """The parameters of each request for items of a collection."""
        split = [urlsplit(path) for path in self.log.read_text().splitlines()]
        return [{name: values[0] for name, values in parse_qs(one.query).items()} for one in split if one.path == f"/collections/{collection}/items"]

    def end(self):
        self.process.terminate()
        self.process.wait(10)


def serve(server, log):
    host = urlsplit(server).netloc

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            with open(log, "a") as asked:
                asked.write(self.path + "\n")
            upstream = http.client.HTTPConnection(host, timeout=120)
            # With the client's own Host, so that links lead through here again.
            upstream.request("GET", self.path, headers={name: value for name, value in self.headers.items() if name.lower() != "connection"})
            answer = upstream.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{proxy.server_port}", flush=True)
    proxy.serve_forever()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
