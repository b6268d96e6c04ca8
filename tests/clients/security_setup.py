# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates, tokens and settings for a broker with one listener of each protocol; everything made anew."""
import base64
import json
import socket
import subprocess
import time

PASSWORD = "canary-plain-7f3a"
SCRAM_PASSWORD = "canary-scram-91cc"
KEY_PASSWORD = "canary-key-5d20"
TOKEN_SECRET = "canary-token-ab04"
CANARIES = (PASSWORD, SCRAM_PASSWORD, KEY_PASSWORD, TOKEN_SECRET)


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def certificate(folder, name, subject, ca=None, password=None, days="2"):
    key, cert = folder / f"{name}.key", folder / f"{name}.crt"
    protection = ["-aes256", "-pass", f"pass:{password}"] if password else []
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", *protection, "-out", key)
    given = ["-passin", f"pass:{password}"] if password else []
    if ca is None:
        openssl("req", "-x509", "-new", "-key", key, *given, "-days", days, "-subj", subject, "-out", cert)
        return
    request, extensions = folder / f"{name}.csr", folder / f"{name}.ext"
    extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    openssl("req", "-new", "-key", key, *given, "-subj", subject, "-out", request)
    openssl("x509", "-req", "-in", request, "-CA", folder / f"{ca}.crt", "-CAkey", folder / f"{ca}.key",
            "-CAcreateserial", "-days", days, "-extfile", extensions, "-out", cert)


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def key_set(folder):
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", folder / "jwt.key")
    modulus = openssl("rsa", "-in", folder / "jwt.key", "-noout", "-modulus").decode().strip().partition("=")[2]
    (folder / "jwks.json").write_text(json.dumps({"keys": [
        {"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256", "n": url64(bytes.fromhex(modulus)), "e": "AQAB"}]}))


def token(folder, subject, seconds=600, audience="weir", issuer="https://issuer.test"):
    now = int(time.time())
    claims = {"sub": subject, "iat": now, "exp": now + seconds, "aud": audience, "iss": issuer, "scope": "kafka"}
    text = url64(b'{"alg":"RS256","kid":"k1"}') + "." + url64(json.dumps(claims).encode())
    signature = openssl("dgst", "-sha256", "-sign", folder / "jwt.key", data=text.encode())
    return text + "." + url64(signature), now + seconds


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def make(folder):
    """Writes everything into `folder`; returns the listeners' addresses by protocol, and the settings' file."""
    certificate(folder, "ca", "/O=Weir/CN=test-ca")
    certificate(folder, "server", "/O=Weir/CN=localhost", "ca", KEY_PASSWORD)
    certificate(folder, "client", "/O=Weir/OU=Services/CN=Cert-User", "ca")
    certificate(folder, "other", "/CN=stranger-ca")
    (folder / "server.pem").write_text((folder / "server.key").read_text() + (folder / "server.crt").read_text())
    (folder / "client.pem").write_text((folder / "client.key").read_text() + (folder / "client.crt").read_text())
    openssl("pkcs12", "-export", "-inkey", folder / "server.key", "-in", folder / "server.crt", "-passin",
            f"pass:{KEY_PASSWORD}", "-passout", f"pass:{KEY_PASSWORD}", "-out", folder / "server.p12")
    key_set(folder)
    names = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
    addresses = {name: f"127.0.0.1:{port}" for name, port in zip(names, free_ports(4))}
    listeners = ",".join(f"{name}://{address}" for name, address in addresses.items())
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule required " \
            f'user_alice="{PASSWORD}" user_bob="{PASSWORD}" user_admin="{PASSWORD}";'
    (folder / "weir.properties").write_text(f"""listeners={listeners}
ssl.keystore.type=PEM
ssl.keystore.location={folder}/server.pem
ssl.key.password={KEY_PASSWORD}
listener.name.sasl_ssl.ssl.keystore.location={folder}/server.p12
listener.name.sasl_ssl.ssl.keystore.password={KEY_PASSWORD}
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.crt
listener.name.ssl.ssl.client.auth=required
ssl.principal.mapping.rules=RULE:^CN=(.*?),.*$/$1/L,DEFAULT
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER
plain.sasl.jaas.config={plain}
sasl.oauthbearer.jwks.endpoint.url=file://{folder}/jwks.json
sasl.oauthbearer.expected.audience=weir
sasl.oauthbearer.expected.issuer=https://issuer.test
connections.max.reauth.ms=3000
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:admin
delegation.token.secret.key={TOKEN_SECRET}
group.initial.rebalance.delay.ms=100
""")
    return addresses, folder / "weir.properties"
