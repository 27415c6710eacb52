"""https: with a certificate of its own, also for others; plain HTTP on that port does no harm."""

import http.client
import socket
import ssl
import subprocess
import unittest

from serving import PROGRAM, Server, ServerTest


class TlsTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.certificate, key = self.folder / "cert.pem", self.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
                        "-out", self.certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, capture_output=True)
        self.server.stop()
        self.server = Server(self.data, "--tls-cert", str(self.certificate), "--tls-key", str(key),
                             keys=self.server.keys)

    def get(self, path):
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection("localhost", self.server.port, context=context, timeout=60)
        connection.request("GET", path, headers={"Authorization": "Bearer " + self.server.keys["admin"]})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def test_requests_are_answered_over_tls(self):
        self.assertEqual(200, self.get("/health")[0])
        self.assertEqual(200, self.get("/v1/segments")[0])

    def test_plain_http_and_silence_do_no_harm(self):
        silent = socket.create_connection(("127.0.0.1", self.server.port))
        plain = socket.create_connection(("127.0.0.1", self.server.port), timeout=30)
        plain.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try:
            self.assertNotIn(b"200 OK", plain.recv(1000))
        except ConnectionResetError:
            pass
        plain.close()
        self.assertEqual(200, self.get("/health")[0])
        silent.close()

    def test_a_certificate_that_is_none_is_told(self):
        finished = subprocess.run([PROGRAM, "serve", "--data", str(self.folder / "other"), "--listen", "127.0.0.1:0",
                                   "--tls-cert", "/dev/null", "--tls-key", "/dev/null"],
                                  capture_output=True, timeout=60, check=False)
        self.assertEqual(2, finished.returncode)
        self.assertIn(b"certificate", finished.stderr)


if __name__ == "__main__":
    unittest.main()
