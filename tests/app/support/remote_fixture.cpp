// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/support/remote_fixture.h"

#include <QFile>
#include <QProcess>

#include "app/cluster/remote/wire.h"
#include "broker/protocol/messages/alter_user_scram_credentials.h"
#include "broker/security/crypto.h"

namespace weir::test {

namespace {

constexpr const char* kPassword = "a-pass,word=1";
constexpr int kIterations = 4096;
constexpr const char* kCurve = "ec_paramgen_curve:P-256";

void openssl(const QStringList& arguments) {
    QProcess process;
    process.start(QStringLiteral("openssl"), arguments);
    if (!process.waitForFinished() || process.exitCode() != 0) {
        qFatal("openssl %s: %s", qPrintable(arguments.join(' ')), process.readAllStandardError().constData());
    }
}

}  // namespace

RemoteFixture::RemoteFixture(Door door, std::map<std::string, std::string> configs)
    : m_door(door), m_configs(std::move(configs)) {
    if (door == Door::kTls) {
        makeCertificates();
    }
    start(0);
    if (door == Door::kScram) {
        addScramUser();
    }
    cluster = connect(m_options);
}

RemoteFixture::~RemoteFixture() {
    cluster->stop();
    m_broker->stop();
}

std::shared_ptr<app::RemoteCluster> RemoteFixture::connect(app::RemoteOptions options) const {
    return std::make_shared<app::RemoteCluster>(std::move(options), m_clock);
}

std::string RemoteFixture::path(const char* name) const {
    return m_dir.filePath(QString::fromLatin1(name)).toStdString();
}

void RemoteFixture::restart() {
    // Its folder is free only when it is gone.
    m_broker.reset();
    start(m_options.bootstrap.front().port);
}

void RemoteFixture::start(std::uint16_t port) {
    api::BrokerOptions options;
    options.dataFolder = path("data");
    options.listen = {{"127.0.0.1", port}};
    options.configs = m_configs;
    options.configs.insert({"group.initial.rebalance.delay.ms", "0"});
    const std::string address = "://127.0.0.1:" + std::to_string(port);
    if (m_door == Door::kScram) {
        options.configs.insert({{"listeners", "SASL_PLAINTEXT" + address},
                                {"sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"},
                                {"plain.sasl.jaas.config",
                                 "org.apache.kafka.common.security.plain.PlainLoginModule required "
                                 "user_admin=\"pw\";"},
                                {"connection.failed.authentication.delay.ms", "20"}});
    } else if (m_door == Door::kTls) {
        options.configs.insert({{"listeners", "SSL" + address},
                                {"ssl.keystore.type", "PEM"},
                                {"ssl.keystore.location", path("server.pem")},
                                {"ssl.truststore.type", "PEM"},
                                {"ssl.truststore.location", path("ca.crt")},
                                {"ssl.client.auth", "required"}});
        m_options.tls = {true, path("ca.crt"), path("client.pem"), path("client.key"), "key-pass", true};
    }
    auto started = api::Broker::start(std::move(options));
    if (!started) {
        qFatal("%s", started.error().message.c_str());
    }
    m_broker = *std::move(started);
    m_options.name = "Test";
    m_options.bootstrap = {{"127.0.0.1", m_broker->port()}};
}

void RemoteFixture::makeCertificates() const {
    const auto at = [this](const char* name) { return m_dir.filePath(QString::fromLatin1(name)); };
    openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", kCurve, "-nodes", "-keyout", at("ca.key"), "-out",
             at("ca.crt"), "-days", "2", "-subj", "/CN=test-ca"});
    QFile extensions(at("names.ext"));
    if (!extensions.open(QIODevice::WriteOnly) || extensions.write("subjectAltName=IP:127.0.0.1\n") < 0) {
        qFatal("the certificate's names cannot be written");
    }
    extensions.close();
    for (const char* const name : {"server", "client"}) {
        const QString key = at(name) + ".key";
        const bool isClient = QByteArray(name) == "client";
        openssl(QStringList{"req", "-newkey", "ec", "-pkeyopt", kCurve, "-keyout", key, "-out", at(name) + ".csr",
                            "-subj", QString("/CN=") + name} +
                (isClient ? QStringList{"-passout", "pass:key-pass"} : QStringList{"-nodes"}));
        openssl({"x509", "-req", "-in", at(name) + ".csr", "-CA", at("ca.crt"), "-CAkey", at("ca.key"),
                 "-CAcreateserial", "-days", "2", "-extfile", extensions.fileName(), "-out", at(name) + ".pem"});
    }
    // The broker wants both in one file.
    QFile key(at("server.key"));
    QFile both(at("server.pem"));
    if (!key.open(QIODevice::ReadOnly) || !both.open(QIODevice::Append) || both.write(key.readAll()) < 0) {
        qFatal("the server's certificate cannot be put together");
    }
}

// With the login of an administrator, as Kafka's own tools do it.
void RemoteFixture::addScramUser() {
    app::RemoteOptions admin = m_options;
    admin.sasl = {app::SaslMechanism::kPlain, "admin", "pw", {}};
    app::Wire wire(admin);
    protocol::AlterUserScramCredentialsRequest request;
    protocol::AlterUserScramCredentialsRequest::ScramCredentialUpsertion user;
    user.name = "anne,=";
    user.mechanism = 2;
    user.iterations = kIterations;
    user.salt = toBytes("0123456789abcdef");
    user.saltedPassword = security::stretch(security::Digest::kSha512, kPassword, user.salt, kIterations);
    request.upsertions.push_back(user);
    const auto done = wire.callAny<protocol::AlterUserScramCredentialsResponse>(request);
    if (!done || done->message.results.front().errorCode != protocol::ErrorCode::kNone) {
        qFatal("the user was not made");
    }
    m_options.sasl = {app::SaslMechanism::kScramSha512, user.name, kPassword, {}};
}

}  // namespace weir::test
