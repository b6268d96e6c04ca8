// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/properties_import.h"

#include <QCoreApplication>
#include <QHash>
#include <QRegularExpression>

namespace weir::app {

namespace {

QString importTr(const char* text) {
    return QCoreApplication::translate("weir::app::PropertiesImport", text);
}

// Lower case, without Spring's prefixes and with dots where it has dashes: three clients' names become one.
QString plainName(QString name) {
    name = name.trimmed().toLower();
    for (const char* const prefix : {"spring.kafka.properties.", "spring.kafka.", "spring.cloud.stream.kafka.binder.",
                                     "consumer.", "producer.", "admin."}) {
        if (name.startsWith(QLatin1String(prefix))) {
            name = name.mid(static_cast<qsizetype>(qstrlen(prefix)));
        }
    }
    return name.replace(QLatin1Char('-'), QLatin1Char('.'))
        .replace(QLatin1String("trust.store"), QLatin1String("truststore"))
        .replace(QLatin1String("key.store"), QLatin1String("keystore"));
}

QHash<QString, QString> readLines(QString text) {
    // A backslash at the end of a line goes on in the next one.
    static const QRegularExpression kContinued(QStringLiteral("\\\\\\r?\\n\\s*"));
    text.replace(kContinued, QString());
    QHash<QString, QString> values;
    for (const QString& line : text.split(QLatin1Char('\n'))) {
        static const QRegularExpression kPair(QStringLiteral("^\\s*([A-Za-z][\\w.\\-]*)\\s*[=:]\\s*(.*?)\\s*$"));
        const auto match = kPair.match(line);
        if (match.hasMatch()) {
            QString value = match.captured(2);
            if (value.size() >= 2 && value.startsWith(QLatin1Char('"')) && value.endsWith(QLatin1Char('"'))) {
                value = value.mid(1, value.size() - 2);
            }
            values.insert(plainName(match.captured(1)), value);
        }
    }
    return values;
}

// username="alice" in a JAAS line; quotes inside are escaped with a backslash.
QString jaasOption(const QString& jaas, const QString& name) {
    const QRegularExpression option(QStringLiteral("\\b%1\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'|([^\\s;]+))")
                                        .arg(QRegularExpression::escape(name)));
    const auto match = option.match(jaas);
    if (!match.hasMatch()) {
        return {};
    }
    for (int group = 2; group <= 3; ++group) {
        if (!match.captured(group).isEmpty()) {
            return match.captured(group);
        }
    }
    QString value = match.captured(1);
    static const QRegularExpression kEscaped(QStringLiteral("\\\\(.)"));
    return value.replace(kEscaped, QStringLiteral("\\1"));
}

class Importer {
public:
    explicit Importer(QHash<QString, QString> values) : m_values(std::move(values)) {}

    ui::ImportedConnection run() {
        m_made.profile.bootstrap = first({"bootstrap.servers", "metadata.broker.list", "brokers", "bootstrap.server"});
        if (m_made.profile.bootstrap.isEmpty()) {
            note(importTr("No address was found: bootstrap.servers is missing."));
        }
        const QString protocol = first({"security.protocol"}).toUpper();
        m_made.profile.usesTls = protocol.endsWith(QLatin1String("SSL"));
        readTls();
        if (protocol.startsWith(QLatin1String("SASL"))) {
            readLogin();
        }
        return std::move(m_made);
    }

private:
    QString first(std::initializer_list<const char*> names) const {
        for (const char* const name : names) {
            if (const QString value = m_values.value(QLatin1String(name)); !value.isEmpty()) {
                return value;
            }
        }
        return {};
    }
    void note(const QString& sentence) { m_made.notes << sentence; }

    QString storeFile(const char* store) { return m_values.value(QLatin1String(store)).remove(QLatin1String("file:")); }

    void readTls() {
        ui::ConnectionProfile& profile = m_made.profile;
        profile.caFile = first({"ssl.ca.location"});
        if (profile.caFile.isEmpty()) {
            profile.caFile = storeFile("ssl.truststore.location");
            m_made.secrets.trustPassword = first({"ssl.truststore.password"});
        }
        profile.certificateFile = first({"ssl.certificate.location"});
        profile.keyFile = first({"ssl.key.location"});
        if (profile.certificateFile.isEmpty()) {
            profile.certificateFile = first({"ssl.keystore.location"}).remove(QLatin1String("file:"));
            const bool isPem = first({"ssl.keystore.type"}).toUpper() == QLatin1String("PEM");
            const bool isJava = !isPem && m_values.contains(QStringLiteral("ssl.keystore.password"));
            // A PEM file holds both; a store of Java's is one thing with one password.
            profile.keyFile = isJava ? QString() : profile.certificateFile;
        }
        const QString storePassword = first({"ssl.keystore.password"});
        const QString keyPassword = first({"ssl.key.password"});
        m_made.secrets.keyPassphrase = storePassword.isEmpty() ? keyPassword : storePassword;
        if (!storePassword.isEmpty() && !keyPassword.isEmpty() && storePassword != keyPassword) {
            note(importTr("The key has another password than its store %1: Weir needs both to be the same "
                          "(keytool -keypasswd, or a PKCS#12 store).")
                     .arg(profile.certificateFile));
        }
        const QString naming = QStringLiteral("ssl.endpoint.identification.algorithm");
        const QString rule = m_values.value(naming).toLower();
        profile.checksHostName = !m_values.contains(naming) || rule == QLatin1String("https");
    }

    void readLogin() {
        ui::ConnectionProfile& profile = m_made.profile;
        const QString mechanism = first({"sasl.mechanism", "sasl.mechanisms"}).toUpper();
        static const QStringList kKnown{QStringLiteral("PLAIN"), QStringLiteral("SCRAM-SHA-256"),
                                        QStringLiteral("SCRAM-SHA-512"), QStringLiteral("OAUTHBEARER")};
        if (!kKnown.contains(mechanism)) {
            note(importTr("The login mechanism %1 is not one that Weir knows: PLAIN, SCRAM and OAUTHBEARER are.")
                     .arg(mechanism.isEmpty() ? QStringLiteral("GSSAPI") : mechanism));
            return;
        }
        profile.mechanism = mechanism;
        const QString jaas = first({"sasl.jaas.config", "jaas.config"});
        const auto either = [&](std::initializer_list<const char*> names, const char* option) {
            const QString value = first(names);
            return value.isEmpty() ? jaasOption(jaas, QLatin1String(option)) : value;
        };
        if (mechanism == QLatin1String("OAUTHBEARER")) {
            profile.tokenUrl = first({"sasl.oauthbearer.token.endpoint.url"});
            profile.tokenScope = either({"sasl.oauthbearer.scope"}, "scope");
            profile.user =
                either({"sasl.oauthbearer.client.credentials.client.id", "sasl.oauthbearer.client.id"}, "clientId");
            m_made.secrets.password =
                either({"sasl.oauthbearer.client.credentials.client.secret", "sasl.oauthbearer.client.secret"},
                       "clientSecret");
            if (profile.tokenUrl.isEmpty()) {
                note(
                    importTr("No address of tokens was found (sasl.oauthbearer.token.endpoint.url): paste a token "
                             "below, or fill in where it is fetched."));
            }
            return;
        }
        profile.user = either({"sasl.username"}, "username");
        m_made.secrets.password = either({"sasl.password"}, "password");
    }

    QHash<QString, QString> m_values;
    ui::ImportedConnection m_made;
};

}  // namespace

ui::ImportedConnection importProperties(const QString& text) {
    QHash<QString, QString> values = readLines(text);
    static const QRegularExpression kAddresses(QStringLiteral("^[\\w.\\-:/\\[\\],;\\s]+$"));
    const bool hasNames = values.contains(QStringLiteral("bootstrap.servers")) || text.contains(QLatin1Char('='));
    if (!hasNames && !values.contains(QStringLiteral("metadata.broker.list")) && kAddresses.match(text).hasMatch()) {
        ui::ImportedConnection plain;
        plain.profile.bootstrap = text.simplified();
        return plain;
    }
    return Importer(std::move(values)).run();
}

}  // namespace weir::app
