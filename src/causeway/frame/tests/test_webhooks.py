"""Webhooks: signed, tried again, and never a way into our own network."""

import json
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Receiver
from standardwebhooks.webhooks import WebhookVerificationError

from causeway.frame import access, calling, outbox, webhooks
from causeway.frame.models import AuditEntry, OutboxMessage, Webhook, WebhookDelivery

pytestmark = pytest.mark.django_db

INSIDE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "fec0::1",
    "168.63.129.16", "192.0.0.8", "192.88.99.1", "3fff::1", "::ffff:168.63.129.16", "64:ff9b:1::7f00:1", "::ffff:0:7f00:1", "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _events(monkeypatch):
    monkeypatch.setattr(webhooks, "_declared", {"asset.abandoned": "Asset given up", "asset.granted": "Granted", "deal.signed": "Signed"})


@pytest.fixture
def administrator(make_actor):
    return make_actor("administrator")


@pytest.fixture
def here(settings):
    """Lets tests call this machine."""
    settings.WEBHOOK_HTTP, settings.WEBHOOK_NETWORKS = True, ["127.0.0.0/8"]


@pytest.fixture
def receiver(here):
    """A receiver on this machine that keeps what it is sent and answers what `answer` says."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            self.server.calls.append((self.path, dict(self.headers), body))
            self.server.answer(self)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.calls, server.answer = [], answering(200)
    server.url = f"http://127.0.0.1:{server.server_port}/in"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def answering(status, body=b"", **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_an_event_is_told_signed_once_and_kept(administrator, receiver):
    webhook, key = webhooks.webhook_create(actor=administrator, url=receiver.url, topics=["asset.*"])
    assert webhooks.tell("asset.abandoned", {"reference": "NBU-1", "title": "Łódź"}) == 1
    assert webhooks.tell("deal.signed", {}) == 0
    outbox.deliver_due()
    ((_path, headers, body),) = receiver.calls
    told = Receiver(key).verify(body, headers)
    assert (told["type"], told["data"]) == ("asset.abandoned", {"reference": "NBU-1", "title": "Łódź"}) and told["timestamp"]
    done = WebhookDelivery.objects.get()
    assert (done.webhook, done.status, done.topic, done.message_id) == (webhook, 200, "asset.abandoned", headers["webhook-id"])
    with pytest.raises(WebhookVerificationError):
        Receiver(key).verify(body.replace(b"NBU-1", b"NBU-2"), headers)


def test_the_known_signature_of_the_standard(administrator):
    # The example of the Standard Webhooks reference implementations.
    webhook = Webhook(secret=webhooks._sealed(now="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    at = datetime.fromtimestamp(1614265330, tz=UTC)
    made = webhooks.headers(webhook, "msg_p5jXN8AQM9LWM0D4loKWxJek", '{"test": 2432232314}', at=at)
    assert made["webhook-timestamp"] == "1614265330"
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_failing_receiver_is_tried_again_with_the_same_message(administrator, receiver):
    webhooks.webhook_create(actor=administrator, url=receiver.url, topics=["*"])
    receiver.answer = answering(503)
    webhooks.tell("deal.signed", {"n": 1})
    outbox.deliver_due()
    assert OutboxMessage.objects.get().error == "HTTP 503"
    receiver.answer = answering(204)
    with time_machine.travel(timezone.now() + timedelta(seconds=10), tick=True):
        outbox.deliver_due()
    (first, second) = receiver.calls
    assert first[2] == second[2] and first[1]["webhook-id"] == second[1]["webhook-id"]
    assert list(WebhookDelivery.objects.order_by("pk").values_list("status", flat=True)) == [503, 204]
    assert not outbox.failing().exists()


def test_a_receiver_that_is_gone_is_called_no_more(administrator, receiver):
    webhook, _key = webhooks.webhook_create(actor=administrator, url=receiver.url, topics=["*"])
    receiver.answer = answering(410)
    webhooks.tell("deal.signed", {})
    outbox.deliver_due()
    webhook.refresh_from_db()
    assert webhook.active is False and webhooks.tell("deal.signed", {}) == 0
    assert AuditEntry.objects.get(verb="webhook.disable").actor_name == "Causeway"


def test_what_waits_for_a_disabled_webhook_is_dropped(administrator, receiver):
    webhook, _key = webhooks.webhook_create(actor=administrator, url=receiver.url, topics=["*"])
    webhooks.tell("deal.signed", {})
    webhooks.webhook_disable(actor=administrator, webhook=webhook)
    outbox.deliver_due()
    assert receiver.calls == [] and OutboxMessage.objects.get().done_at
    webhooks.webhook_enable(actor=administrator, webhook=webhook)
    assert webhooks.tell("deal.signed", {}) == 1


def test_a_new_key_and_for_a_day_the_one_before(administrator, receiver):
    webhook, old = webhooks.webhook_create(actor=administrator, url=receiver.url, topics=["*"])
    webhook, new = webhooks.webhook_rotate(actor=administrator, webhook=webhook)
    assert old != new
    done = webhooks.webhook_test(actor=administrator, webhook=webhook)
    _path, headers, body = receiver.calls[0]
    assert done.status == 200 and Receiver(old).verify(body, headers)["type"] == Receiver(new).verify(body, headers)["type"] == "test"
    later = webhooks.headers(webhook, "msg_1", "{}", at=timezone.now() + timedelta(days=1, minutes=1))
    assert len(later["webhook-signature"].split()) == 1


def test_the_key_is_nowhere_to_be_read(administrator):
    webhook, key = webhooks.webhook_create(actor=administrator, url="https://example.org/in", topics=["*"])
    webhook, newer = webhooks.webhook_rotate(actor=administrator, webhook=webhook)
    kept = webhook.secret + "".join(json.dumps(e.changes) for e in AuditEntry.objects.all())
    assert key not in kept and newer not in kept and len(webhook.secret) <= 600


@pytest.mark.parametrize("address", INSIDE)
def test_inside_addresses_are_inside(address):
    assert calling.inside(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "185.199.108.153", "2a00:1450:400e:80f::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_outside_addresses_are_not(address):
    assert not calling.inside(address)


def test_only_the_networks_let_through_are(settings):
    settings.WEBHOOK_NETWORKS = ["10.20.0.0/16", "fd00:1::/32"]
    assert not calling.inside("10.20.3.4") and not calling.inside("::ffff:10.20.3.4") and not calling.inside("fd00:1::9")
    assert calling.inside("10.21.0.1") and calling.inside("127.0.0.1")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "127.1", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_called_however_it_is_written(administrator, settings, receiver, host):
    settings.WEBHOOK_NETWORKS = []
    webhook, _key = webhooks.webhook_create(actor=administrator, url=f"http://example.org:{receiver.server_port}/", topics=["*"])
    Webhook.objects.filter(pk=webhook.pk).update(url=f"http://{host}:{receiver.server_port}/")
    webhook.refresh_from_db()
    done = webhooks.webhook_test(actor=administrator, webhook=webhook)
    assert done.status is None and "not called" in done.error or "no such host" in done.error
    assert receiver.calls == []


def resolving(monkeypatch, *answers):
    """Make every name resolve to these addresses, one lookup after the other; numbers resolve to themselves."""
    real, left = socket.getaddrinfo, list(answers)

    def lookup(host, port, *args, **kwargs):
        if str(host).replace(".", "").isdigit():
            return real(host, port, *args, **kwargs)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def test_a_name_that_leads_inside_is_refused_whatever_else_it_leads_to(monkeypatch):
    resolving(monkeypatch, ["8.8.8.8", "169.254.169.254"])
    with pytest.raises(calling.NotCalled, match="inside"):
        calling.post("https://rebind.example/", {}, b"")


def test_a_name_that_changes_its_answer_changes_nothing(monkeypatch, receiver, settings):
    resolving(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    assert calling.post(f"http://rebind.example:{receiver.server_port}/", {}, b"x") == 200
    assert receiver.calls[0][1]["Host"] == f"rebind.example:{receiver.server_port}"


def test_redirects_are_not_followed(administrator, receiver):
    receiver.answer = answering(302, Location=receiver.url + "/elsewhere")
    webhook, _key = webhooks.webhook_create(actor=administrator, url=receiver.url, topics=["*"])
    done = webhooks.webhook_test(actor=administrator, webhook=webhook)
    assert done.status == 302 and len(receiver.calls) == 1


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch, receiver):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert calling.post(receiver.url, {}, b"") == 200


def test_an_endless_answer_is_cut(receiver):
    sent = []

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            while len(sent) < 2000:
                handler.wfile.write(b"x" * 65536)
                sent.append(1)
        except OSError:
            sent.append("cut")

    receiver.answer = endless
    assert calling.post(receiver.url, {}, b"", seconds=5) == 200
    receiver.shutdown()
    deadline = time.monotonic() + 5
    while "cut" not in sent and time.monotonic() < deadline:
        time.sleep(0.02)
    assert sent[-1] == "cut"


def test_a_receiver_that_dribbles_does_not_hold_the_worker(here):
    """One byte of the headers now and then: each read is quick, the whole is not."""
    listener = socket.create_server(("127.0.0.1", 0))

    def dribble():
        connection, _peer = listener.accept()
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 200:
                connection.send(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            pass

    threading.Thread(target=dribble, daemon=True).start()
    began = time.monotonic()
    with pytest.raises(calling.NotCalled, match="within"):
        calling.post(f"http://127.0.0.1:{listener.getsockname()[1]}/", {}, b"", seconds=0.5)
    assert time.monotonic() - began < 2
    listener.close()


def test_encrypted_calls_check_the_name_though_the_address_is_pinned(monkeypatch, here, tmp_path):
    certificate, key = self_signed("hook.example", tmp_path)
    server = HTTPServer(("127.0.0.1", 0), _Ok)
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    resolving(monkeypatch, ["127.0.0.1"])
    with pytest.raises(calling.NotCalled, match="certificate"):
        calling.post(f"https://hook.example:{server.server_port}/", {}, b"")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert calling.post(f"https://hook.example:{server.server_port}/", {}, b"") == 200
    with pytest.raises(calling.NotCalled, match="certificate"):
        calling.post(f"https://other.example:{server.server_port}/", {}, b"")
    server.shutdown()
    server.server_close()


class _Ok(BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args):
        pass


def self_signed(name, folder):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = timezone.now()
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "c.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "k.pem").write_bytes(key.private_bytes(*plain))
    return folder / "c.pem", folder / "k.pem"


@pytest.mark.parametrize(
    "url", ["http://example.org/", "ftp://example.org/", "file:///etc/passwd", "https://", "https://user:pw@example.org/", "nonsense", "https://a b/"]
)
def test_addresses_that_are_not_taken(administrator, url):
    with pytest.raises(ValidationError):
        webhooks.webhook_create(actor=administrator, url=url, topics=["*"])
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("topics", [[], ["asset.lost"], ["x.*"]])
def test_events_that_do_not_exist(administrator, topics):
    with pytest.raises(ValidationError):
        webhooks.webhook_create(actor=administrator, url="https://example.org/", topics=topics)
    with pytest.raises(LookupError):
        webhooks.tell("asset.lost", {})


def test_only_administrators(actor, administrator):
    with pytest.raises(access.Refused):
        webhooks.webhook_create(actor=actor, url="https://example.org/", topics=["*"])
    webhook, _key = webhooks.webhook_create(actor=administrator, url="https://example.org/", topics=["*"])
    assert not access.visible(actor, Webhook.objects.all()).exists()
    changed = webhooks.webhook_update(actor=administrator, webhook=webhook, url="https://例え.example/ü", topics=["deal.signed"])
    assert changed.url == "https://xn--r8jz45g.example/%C3%BC" and changed.topics == ["deal.signed"]
