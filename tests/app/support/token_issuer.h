// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QSslServer>
#include <QStringList>
#include <QTcpServer>
#include <QTemporaryDir>

namespace weir::test {

/// What a program wrote. Ends the process where it failed.
QByteArray run(const QString& program, const QStringList& arguments, const QByteArray& input = {});

/// A server of tokens (RFC 6749, 4.4) whose key a broker knows. With a folder of certificates (RemoteFixture) it speaks
/// TLS. Needs the event loop of its thread.
class TokenIssuer {
public:
    explicit TokenIssuer(const QString& certificates);
    [[nodiscard]] QString url() const;
    [[nodiscard]] QString keysUrl() const { return "file://" + m_dir.filePath("jwks.json"); }
    /// Signed with a key that no broker knows, where `isForged`.
    [[nodiscard]] QByteArray token(bool isForged = false) const;

    int asked = 0;
    int lifeSeconds = 600;
    bool refuses = false;
    QByteArray last;

private:
    [[nodiscard]] QString makeKey(const char* name) const;
    void answer(QTcpSocket& client);

    QTemporaryDir m_dir;
    bool m_isTls;
    QTcpServer m_plain;
    QSslServer m_server;
};

}  // namespace weir::test
