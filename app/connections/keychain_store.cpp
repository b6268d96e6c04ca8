// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/keychain_store.h"

#include <qt6keychain/keychain.h>

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPointer>

namespace weir::app {

namespace {

const QString kService = QStringLiteral("weir");

QString keyOf(const QString& id) {
    return QStringLiteral("connection/") + id;
}

ClusterError keychainError(const QKeychain::Job& job) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("weir::app::KeychainStore", text); };
    QString reason = job.errorString();
    while (reason.endsWith(QLatin1Char('.'))) {
        reason.chop(1);
    }
    const QString sentence = job.error() == QKeychain::EntryNotFound ? tr("Nothing is kept for this connection.")
                             : job.error() == QKeychain::NoBackendAvailable || job.error() == QKeychain::NotImplemented
                                 ? tr("This session has no keychain (Secret Service or KWallet).")
                             : job.error() == QKeychain::AccessDenied || job.error() == QKeychain::AccessDeniedByUser
                                 ? tr("The keychain stays locked.")
                                 : tr("The keychain does not work here: %1.").arg(reason);
    return {job.error() == QKeychain::EntryNotFound ? ClusterErrc::kNotFound : ClusterErrc::kRefused, 0,
            sentence.toStdString()};
}

QByteArray toJson(const ui::ConnectionSecrets& secrets) {
    return QJsonDocument(QJsonObject{{QStringLiteral("password"), secrets.password},
                                     {QStringLiteral("passphrase"), secrets.keyPassphrase},
                                     {QStringLiteral("token"), secrets.token},
                                     {QStringLiteral("trustPassword"), secrets.trustPassword}})
        .toJson(QJsonDocument::Compact);
}

ui::ConnectionSecrets fromJson(const QByteArray& json) {
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    const auto text = [&object](const char* name) { return object.value(QLatin1String(name)).toString(); };
    return {text("password"), text("passphrase"), text("token"), text("trustPassword")};
}

/// Jobs delete themselves. The answer is given once the job has ended, if somebody still waits for it.
template <class Answer>
void start(QKeychain::Job* job, QObject* context, Answer answer) {
    QObject::connect(job, &QKeychain::Job::finished, context, answer);
    job->start();
}

}  // namespace

void KeychainStore::read(const QString& id, QObject* context, Done<ui::ConnectionSecrets> done) {
    auto* const job = new QKeychain::ReadPasswordJob(kService);
    job->setKey(keyOf(id));
    start(job, context, [job, done = std::move(done)] {
        if (job->error() != QKeychain::NoError) {
            done(fail(keychainError(*job)));
        } else {
            done(fromJson(job->binaryData()));
        }
    });
}

void KeychainStore::write(const QString& id, const ui::ConnectionSecrets& secrets, QObject* context, Done<void> done) {
    auto* const job = new QKeychain::WritePasswordJob(kService);
    job->setKey(keyOf(id));
    job->setBinaryData(toJson(secrets));
    start(job, context, [job, done = std::move(done)] {
        done(job->error() == QKeychain::NoError ? ClusterResult<void>() : fail(keychainError(*job)));
    });
}

void KeychainStore::remove(const QString& id) {
    auto* const job = new QKeychain::DeletePasswordJob(kService);
    job->setKey(keyOf(id));
    job->start();
}

// Nothing tells whether there is a keychain but asking it for something.
void KeychainStore::check(QObject* context, Done<void> done) {
    read(QStringLiteral("none"), context, [done = std::move(done)](const ClusterResult<ui::ConnectionSecrets>& got) {
        const bool works = got.ok() || got.error().code == ClusterErrc::kNotFound;
        done(works ? ClusterResult<void>() : fail(ClusterError(got.error())));
    });
}

}  // namespace weir::app
