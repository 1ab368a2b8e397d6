#!/usr/bin/env python3
"""A server that does as it is told: server.py [OPTION]... ACTION...

It prints the port that it listens on, and then does all actions for each connection:

  read        read a request up to an empty line
  take        read what has come, once something has
  send TEXT   \\r, \\n, \\0 and \\xNN are bytes
  drip TEXT   a byte every 50 ms
  flood TEXT  again and again, for as long as somebody reads
  hold        until the peer closes
  reset       end not in order but by a reset

and closes. Options:

  --host=ADDRESS      127.0.0.1 where it is not said
  --port=PORT         0, any that is free
  --unix=PATH         a socket there instead
  --backlog=N         that many may wait; with --deaf, nobody is ever accepted
  --tls=PEM           certificate and key; the actions are done behind the handshake
  --version=TLSv1_2   no other
  --want-client       a client needs a certificate
  --record=FILE       what was read is appended to it
"""
import argparse
import socket
import struct
import threading
import time


def text_bytes(text):
    return text.encode('utf-8').decode('unicode_escape').encode('latin-1')


class Server:
    def __init__(self, options):
        self.options = options
        self.context = self.tls_context() if options.tls else None

    def tls_context(self):
        import ssl  # takes longer to load than all the rest
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.options.tls)
        if self.options.version:
            version = ssl.TLSVersion[self.options.version]
            context.minimum_version = context.maximum_version = version
        if self.options.want_client:
            context.verify_mode = ssl.CERT_REQUIRED
        context.sni_callback = self.note_name
        return context

    def note_name(self, connection, name, context):
        self.record(f'SNI {name}\n'.encode())

    def record(self, data):
        if self.options.record:
            with open(self.options.record, 'ab') as file:
                file.write(data)

    def listen(self):
        options = self.options
        if options.unix:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(options.unix)
        else:
            family = socket.AF_INET6 if ':' in options.host else socket.AF_INET
            listener = socket.socket(family)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((options.host, options.port))
        listener.listen(options.backlog)
        print(options.unix or listener.getsockname()[1], flush=True)
        return listener

    def serve(self):
        listener = self.listen()
        while self.options.deaf:
            time.sleep(1000)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        try:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            words = iter(self.options.actions)
            for action in words:
                text = text_bytes(next(words)) if action in ('send', 'drip', 'flood') else None
                getattr(self, action)(connection, *([text] if text is not None else []))
            connection.close()
        except OSError:
            connection.close()

    def read(self, connection):
        data = b''
        while b'\r\n\r\n' not in data:
            more = connection.recv(4096)
            if not more:
                break
            data += more
        self.record(data)

    def take(self, connection):
        self.record(connection.recv(4096))

    def send(self, connection, text):
        connection.sendall(text)

    def drip(self, connection, text):
        for byte in text:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    def flood(self, connection, text):
        while True:
            connection.sendall(text * (1 + 4096 // len(text)))

    def hold(self, connection):
        while connection.recv(4096):
            pass

    def reset(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--host', default='127.0.0.1')
    parser.add_argument('--port', type=int, default=0)
    parser.add_argument('--unix')
    parser.add_argument('--backlog', type=int, default=16)
    parser.add_argument('--deaf', action='store_true')
    parser.add_argument('--tls')
    parser.add_argument('--version')
    parser.add_argument('--want-client', action='store_true')
    parser.add_argument('--record')
    parser.add_argument('actions', nargs='*')
    Server(parser.parse_args()).serve()


if __name__ == '__main__':
    main()
