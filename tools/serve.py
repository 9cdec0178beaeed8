"""Serve a folder on localhost and open it in the browser: `make serve`. Ctrl-C ends it."""

import sys
import webbrowser
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

folder = sys.argv[1]
handler = partial(SimpleHTTPRequestHandler, directory=folder)
try:
    server = ThreadingHTTPServer(("127.0.0.1", 8000), handler)
except OSError:  # port 8000 is taken: any free one will do
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
address = f"http://localhost:{server.server_port}/"
print(f"Serving {folder} at {address} (Ctrl-C ends it)", flush=True)
webbrowser.open(address)
try:
    server.serve_forever()
except KeyboardInterrupt:
    print()
