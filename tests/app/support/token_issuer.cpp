// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/support/token_issuer.h"

#include <QDateTime>
#include <QFile>
#include <QProcess>
#include <QSslConfiguration>
#include <QSslKey>
#include <QTcpSocket>

namespace weir::test {

namespace {

QByteArray url64(const QByteArray& bytes) {
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

}  // namespace

QByteArray run(const QString& program, const QStringList& arguments, const QByteArray& input) {
    QProcess process;
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000) || process.exitCode() != 0) {
        qFatal("%s %s: %s%s", qPrintable(program), qPrintable(arguments.join(' ')),
               process.readAllStandardError().constData(), process.readAllStandardOutput().constData());
    }
    return process.readAllStandardOutput();
}

TokenIssuer::TokenIssuer(const QString& certificates) : m_isTls(!certificates.isEmpty()) {
    const QString key = makeKey("jwt.key");
    const QByteArray modulus = run("openssl", {"rsa", "-in", key, "-noout", "-modulus"}).trimmed().split('=').at(1);
    QFile keys(m_dir.filePath("jwks.json"));
    if (!keys.open(QIODevice::WriteOnly) ||
        keys.write(R"({"keys":[{"kty":"RSA","kid":"k1","use":"sig","alg":"RS256","e":"AQAB","n":")" +
                   url64(QByteArray::fromHex(modulus)) + "\"}]}") < 0) {
        qFatal("the keys cannot be written");
    }
    if (m_isTls) {
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        tls.setLocalCertificateChain(QSslCertificate::fromPath(certificates + "/server.pem"));
        QFile own(certificates + "/server.key");
        if (!own.open(QIODevice::ReadOnly)) {
            qFatal("the server has no key");
        }
        tls.setPrivateKey(QSslKey(own.readAll(), QSsl::Ec));
        m_server.setSslConfiguration(tls);
    }
    QTcpServer& server = m_isTls ? m_server : m_plain;
    if (!server.listen(QHostAddress::LocalHost)) {
        qFatal("the server of tokens cannot listen");
    }
    QObject::connect(&server, &QTcpServer::pendingConnectionAvailable, &server, [this, &server] {
        while (QTcpSocket* const client = server.nextPendingConnection()) {
            QObject::connect(client, &QTcpSocket::readyRead, client, [this, client] { answer(*client); });
            answer(*client);
        }
    });
}

QString TokenIssuer::makeKey(const char* name) const {
    const QString key = m_dir.filePath(QLatin1String(name));
    run("openssl", {"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key});
    return key;
}

QString TokenIssuer::url() const {
    return QString("%1://127.0.0.1:%2/token")
        .arg(m_isTls ? "https" : "http")
        .arg(m_isTls ? m_server.serverPort() : m_plain.serverPort());
}

QByteArray TokenIssuer::token(bool isForged) const {
    const qint64 now = QDateTime::currentSecsSinceEpoch();
    const QByteArray claims = QString(R"({"sub":"me","iat":%1,"exp":%2,"aud":"weir","scope":"kafka"})")
                                  .arg(now)
                                  .arg(now + lifeSeconds)
                                  .toUtf8();
    const QByteArray text = url64(R"({"alg":"RS256","kid":"k1"})") + '.' + url64(claims);
    const QString key = isForged ? makeKey("other.key") : m_dir.filePath("jwt.key");
    return text + '.' + url64(run("openssl", {"dgst", "-sha256", "-sign", key, "-binary"}, text));
}

void TokenIssuer::answer(QTcpSocket& client) {
    const QByteArray request = client.peek(client.bytesAvailable());
    if (!request.contains("grant_type")) {
        return;
    }
    last = client.readAll();
    ++asked;
    const QByteArray body = refuses ? R"({"error":"invalid_client","error_description":"unknown client"})"
                                    : R"({"token_type":"Bearer","expires_in":)" + QByteArray::number(lifeSeconds) +
                                          R"(,"access_token":")" + token() + "\"}";
    client.write("HTTP/1.1 " + QByteArray(refuses ? "401 Unauthorized" : "200 OK") +
                 "\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + body);
    client.disconnectFromHost();
}

}  // namespace weir::test
