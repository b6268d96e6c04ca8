// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <vector>

#include "ui/backend/answer.h"

namespace weir::ui {

/// Where the password of a connection stays between two uses.
enum class SecretKeeping { kAsk, kSession, kKeychain };

/// How to reach a cluster, as a person keeps it: without a single secret.
struct ConnectionProfile {
    QString id;
    QString name;
    /// "host:port,host:port"
    QString bootstrap;
    bool usesTls = false;
    /// Files in PEM, PKCS#12 or JKS; empty: the system's authorities, no client certificate.
    QString caFile;
    QString certificateFile;
    QString keyFile;
    bool checksHostName = true;
    /// "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", or empty for no login.
    QString mechanism;
    /// For OAUTHBEARER with `tokenUrl` the client's id.
    QString user;
    /// Where tokens are fetched with the client's id and secret; empty: a token is given.
    QString tokenUrl;
    QString tokenScope;
    /// Which of the ten series colours marks its windows.
    int color = 0;
    /// Nothing in the cluster can be changed through this connection.
    bool isReadOnly = false;
    /// Changes take typing its name first (ChangeLock).
    bool isProduction = false;
    /// Records are read at this pace and not faster; 0: as fast as they come.
    int readKiBPerSecond = 0;
    SecretKeeping keeping = SecretKeeping::kAsk;

    [[nodiscard]] bool takesToken() const { return mechanism == QLatin1String("OAUTHBEARER") && tokenUrl.isEmpty(); }
    [[nodiscard]] bool needsPassphrase() const { return usesTls && (!keyFile.isEmpty() || isStore(certificateFile)); }
    [[nodiscard]] bool needsTrustPassword() const { return usesTls && isStore(caFile); }
    [[nodiscard]] bool needsSecrets() const {
        return !mechanism.isEmpty() || needsPassphrase() || needsTrustPassword();
    }
    /// By its name: what is in it tells when it is read.
    [[nodiscard]] static bool isStore(const QString& file) {
        for (const char* const ending : {".p12", ".pfx", ".pkcs12", ".jks", ".keystore", ".truststore"}) {
            if (file.endsWith(QLatin1String(ending), Qt::CaseInsensitive)) {
                return true;
            }
        }
        return false;
    }
    bool operator==(const ConnectionProfile&) const = default;
};

/// Never among the settings: kept in memory while the connection is open, and beyond that as SecretKeeping says.
struct ConnectionSecrets {
    QString password;
    QString keyPassphrase;
    QString token;
    QString trustPassword = {};

    [[nodiscard]] bool isEmpty() const {
        return password.isEmpty() && keyPassphrase.isEmpty() && token.isEmpty() && trustPassword.isEmpty();
    }
};

/// One thing that was tried.
struct ConnectionStep {
    enum class Outcome { kDone, kWarning, kFailed };
    Outcome outcome = Outcome::kDone;
    QString sentence;
};

/// What a pasted text said.
struct ImportedConnection {
    ConnectionProfile profile;
    ConnectionSecrets secrets;
    /// What could not be taken over, a sentence each.
    QStringList notes;
};

struct OpenCluster {
    /// A profile's, or empty for the broker inside Weir.
    QString id;
    QString name;
    /// -1 for the broker inside Weir.
    int color = -1;
};

/// Clusters beside the broker inside Weir: what is remembered, and what is open, each in a window of its own.
class Connections : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    [[nodiscard]] virtual std::vector<ConnectionProfile> profiles() const = 0;
    /// Adds it, or replaces the one with the same id; an empty id gets one, which is answered. `secrets` that are not
    /// empty are kept as the profile says.
    virtual QString save(const ConnectionProfile& profile, const ConnectionSecrets& secrets) = 0;
    /// With what was kept of its secrets.
    virtual void forget(const QString& id) = 0;
    /// Answers an error with its reason where this computer has no keychain that can be used.
    virtual void checkKeychain(QObject* context, Callback<void> done) = 0;
    /// All profiles, without secrets, as one file; and what such a file holds, added to those that are there. Answers
    /// how many.
    virtual void exportTo(const QString& path, QObject* context, Callback<int> done) = 0;
    virtual void importFrom(const QString& path, QObject* context, Callback<int> done) = 0;
    /// Reads a list of addresses, or the properties of a Java, librdkafka or Spring client. Pure; at once.
    [[nodiscard]] virtual ImportedConnection import(const QString& text) const = 0;
    /// Tries every step up to each broker that the cluster advertises, and says in words what failed and why.
    virtual void test(const ConnectionProfile& profile, const ConnectionSecrets& secrets, QObject* context,
                      Callback<std::vector<ConnectionStep>> done) = 0;
    /// Opens a window onto it, or raises the one that is open already. Asks the person for what is not known.
    virtual void open(const QString& id) = 0;
    /// Opens a window onto a folder of log files that no broker serves, for looking only; raises the one that is open
    /// already. Answers an error where the folder holds no logs.
    virtual void openFolder(const QString& path, QObject* context, Callback<void> done) = 0;
    [[nodiscard]] virtual std::vector<OpenCluster> openClusters() const = 0;
    /// Brings the window of an open cluster to the front.
    virtual void show(const QString& id) = 0;

Q_SIGNALS:
    void changed();
    /// Something happened to the connections that a person should know: another Weir changed one at the same time.
    void told(const QString& sentence);
};

}  // namespace weir::ui
